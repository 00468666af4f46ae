/*
 * What RUMP_VOP_STRATEGY, RUMP_VOP_BWRITE, RUMP_VOP_KQFILTER and RUMP_VOP_GETPAGES move between a program and a rump kernel.
 *
 * The structures are laid out as in a kernel of NetBSD 7.99.34 on amd64. A program makes buffers and knotes itself: all
 * bytes zero, then the members that the comments here name. Those that are called rump_unused_N are the kernel's own in
 * the original; nobody looks at them here.
 */

#ifndef _RUMP_RUMP_VNODE_DATA_H_
#define _RUMP_RUMP_VNODE_DATA_H_

#include <stddef.h>
#include <stdint.h>

#include <rump/netbsd_structs.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vnode;

/* ---- buffers: bufferio(9), buffercache(9) ---- */

/* b_flags: what is to be done. Without RUMP_B_READ it is writing. */
#define RUMP_B_ASYNC		0x00000004
#define RUMP_B_COWDONE		0x00000400
#define RUMP_B_READ		0x00100000

/* b_cflags: what becomes of the buffer. */
#define RUMP_BC_AGE		0x00000001
#define RUMP_BC_BUSY		0x00000010
#define RUMP_BC_INVAL		0x00002000
#define RUMP_BC_NOCACHE		0x00008000
#define RUMP_BC_WANTED		0x00800000

/* b_oflags: how far it has come. */
#define RUMP_BO_DELWRI		0x00000080
#define RUMP_BO_DONE		0x00000200

/* The unit of b_blkno, in bytes. */
#define RUMP_DEV_BSIZE		512

/*
 * One transfer. The caller sets b_flags, b_bcount, b_data and where it goes: b_blkno on devices, tmpfs and rumpfs; on file
 * systems that lie on a device, b_lblkno in blocks of the file system, with b_blkno the same, or what RUMP_VOP_BMAP says
 * of that block. b_iodone, if it is not null, is called when the transfer is complete, in the kernel, with no lock held;
 * it may free the buffer. The answer is in b_error, an error number of NetBSD, and b_resid, the bytes that were not moved.
 */
struct buf {
	void *rump_unused_1[3];
	void (*b_iodone)(struct buf *);
	int32_t b_error;
	int32_t b_resid;
	uint32_t b_flags;
	int32_t b_prio;
	int32_t b_bufsize;	/* Bytes that b_data has room for; 0 if that is not said. */
	int32_t b_bcount;	/* Bytes to be moved. */
	uint64_t b_dev;
	void *b_data;
	int64_t b_blkno;	/* In units of RUMP_DEV_BSIZE. */
	int64_t b_rawblkno;
	void *b_proc;
	void *b_saveaddr;
	void *b_private;	/* The caller's own. */
	int64_t b_dcookie;
	void *rump_unused_2[3];
	uint32_t b_refcnt;
	void *rump_unused_3[9];
	int64_t b_lblkno;	/* In blocks of the file system. */
	int32_t b_freelistindex;
	uint32_t b_cflags;
	struct vnode *b_vp;	/* Whose data it is; for RUMP_VOP_BWRITE null, or the vnode that is passed. */
	void *rump_unused_4[3];
	uint32_t b_oflags;
	void *b_objlock;
};

/*
 * Completes a transfer of which that many bytes were moved: for who carries buffers out by other means, such as
 * rumpuser_bio(), which takes this function for what it calls at the end.
 */
void rump_biodone(void *, size_t, int);

/* ---- knotes: kqueue(2) inside the kernel ---- */

#define RUMP_EVFILT_READ	0
#define RUMP_EVFILT_WRITE	1
#define RUMP_EVFILT_VNODE	3

/* flags of an event. */
#define RUMP_EV_ONESHOT		0x0010
#define RUMP_EV_EOF		0x8000

/* fflags of RUMP_EVFILT_VNODE. */
#define RUMP_NOTE_DELETE	0x0001
#define RUMP_NOTE_WRITE		0x0002
#define RUMP_NOTE_EXTEND	0x0004
#define RUMP_NOTE_ATTRIB	0x0008
#define RUMP_NOTE_LINK		0x0010
#define RUMP_NOTE_RENAME	0x0020
#define RUMP_NOTE_REVOKE	0x0040

/* kn_status. */
#define RUMP_KN_ACTIVE		0x01

struct knote;

/* What a knote that is attached can be asked for. f_event says whether there is an event; a hint of 0 means "look". */
struct filterops {
	int32_t f_isfd;
	int (*f_attach)(struct knote *);
	void (*f_detach)(struct knote *);
	int (*f_event)(struct knote *, long);
};

/*
 * One who watches a vnode. The caller sets kn_kevent.filter and kn_sfflags, the notes that it wants. What comes is in
 * kn_kevent.fflags, and kn_status gets RUMP_KN_ACTIVE, on whichever thread the change was made; the caller takes both back.
 * For RUMP_EVFILT_READ, kn_obj is null or the address of the offset from which kn_kevent.data counts, an int64_t. The knote
 * stays where it is until kn_fop->f_detach() has been called, once, also when the vnode has gone before.
 */
struct knote {
	void *rump_unused_1[5];
	struct rump_netbsd_kevent kn_kevent;
	uint32_t kn_status;
	uint32_t kn_sfflags;
	uintptr_t kn_sdata;
	void *kn_obj;
	const struct filterops *kn_fop;
	void *kn_kfilter;
	void *kn_hook;		/* The kernel's. */
};

/* ---- pages: uvm(9) ---- */

#define RUMP_PAGE_SIZE		4096

/* flags of a page. */
#define RUMP_PG_BUSY		0x0001
#define RUMP_PG_CLEAN		0x0008
#define RUMP_PG_RDONLY		0x0080

/* Access that pages are wanted for. */
#define RUMP_VM_PROT_READ	0x1
#define RUMP_VM_PROT_WRITE	0x2

/* How pages are wanted, and what becomes of them. */
#define RUMP_PGO_CLEANIT	0x0001
#define RUMP_PGO_SYNCIO		0x0002
#define RUMP_PGO_DEACTIVATE	0x0004
#define RUMP_PGO_FREE		0x0008
#define RUMP_PGO_ALLPAGES	0x0010
#define RUMP_PGO_LOCKED		0x0040
#define RUMP_PGO_BUSYFAIL	0x0080
#define RUMP_PGO_OVERWRITE	0x0200
#define RUMP_PGO_PASTEOF	0x0400
#define RUMP_PGO_NOBLOCKALLOC	0x0800

/*
 * A page of a file. What the kernel gives is a copy that it keeps until RUMP_VOP_PUTPAGES with RUMP_PGO_FREE over the page;
 * its vnode stays in use as long. The caller takes RUMP_PG_BUSY away when it has done with the page for now, and
 * RUMP_PG_CLEAN when it has changed it: RUMP_VOP_PUTPAGES with RUMP_PGO_CLEANIT then writes it, up to the end of the file.
 */
struct vm_page {
	void *rump_unused_1[7];
	void *uanon;		/* The page's RUMP_PAGE_SIZE bytes. */
	void *uobject;		/* The vnode. */
	int64_t offset;		/* Of the page in the file, in bytes. */
	uint16_t flags;
	uint16_t loan_count;
	uint16_t wire_count;
	uint16_t pqflags;
	uint64_t phys_addr;
	void *rump_unused_2[3];
};

#ifdef __cplusplus
}
#endif

#endif
