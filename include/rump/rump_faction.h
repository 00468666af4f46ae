/*
 * For components that are written in C (<rump/rump_component.h>): what the factions do for each other inside the kernel.
 * Call these between rump_schedule() and rump_unschedule(), or from a component's function.
 *
 * The variables that hold functions belong to librump, so that a component can be loaded without the faction that it asks:
 * without librumpvfs, nothing is made or given back, and host files answer ENOSYS. The kernel itself does not call through
 * them: a function that a component puts into one is called by other components only.
 *
 * All that return int give 0 or an error number of NetBSD.
 */

#ifndef _RUMP_RUMP_FACTION_H_
#define _RUMP_RUMP_FACTION_H_

#include <stdint.h>
#include <sys/types.h>

#include <rump/rump.h>
#include <rump/rumpvnode_args.h>

#ifdef __cplusplus
extern "C" {
#endif

struct proc;

/* ---- device nodes ---- */

typedef int32_t devmajor_t;
typedef int32_t devminor_t;

#define NODEVMAJOR (-1)

/* What nodes a device has in /dev. */
enum devnode_class {
	DEVNODE_DONTBOTHER,	/* none */
	DEVNODE_SINGLE,		/* NAME */
	DEVNODE_VECTOR		/* NAME0, NAME1 ..., or NAME0a, NAME0b ... NAME1a ... */
};

#define DEVNODE_FLAG_LINKZERO 0x01	/* NAME as well, as another node of the first */
#define DEVNODE_FLAG_ISMINOR0 0x02	/* d_vectdim[0] is the minor number of a single node */

struct devsw_conv {
	const char *d_name;
	devmajor_t d_bmajor;		/* NODEVMAJOR: no block device */
	devmajor_t d_cmajor;		/* NODEVMAJOR: no character device */
	enum devnode_class d_class;
	int d_flags;
	int d_vectdim[2];		/* units, and letters for each; 0 letters: none */
};

/*
 * A node of type S_IFBLK or S_IFCHR under a path. A node that is there already will do if it is of that device; EEXIST if not.
 * The second makes as many as its last argument says: the path is followed by one letter, and letter and minor number count up.
 */
extern int (*rump_vfs_makeonedevnode)(dev_t, const char *, devmajor_t, devminor_t);
extern int (*rump_vfs_makedevnodes)(dev_t, const char *, char, devmajor_t, devminor_t, int);

/* A symbolic link: what it leads to, and its own path. */
extern int (*rump_vfs_makesymlink)(const char *, const char *);

/* The nodes of a table of devices. The character device beside a block device is called rNAME. */
void rump_vfs_builddevs(struct devsw_conv *, size_t);

/* /dev/null and /dev/zero, wherever they have gone. */
int rump_devnull_init(void);

/* ---- files ---- */

/* Gives back about so many pages of 4096 bytes that hold what devices have, too. */
extern void (*rump_vfs_drainbufs)(int);

/* As when the kernel halts: everything is made stable, and all is unmounted but the root file system. */
extern void (*rump_vfs_fini)(void);

/*
 * A process gets the directories and the umask of the calling one; a process leaves its directories for the root. A null pointer
 * is the calling process. A pointer to no process has no effect.
 */
typedef void (*rump_proc_vfs_init_fn)(struct proc *);
typedef void (*rump_proc_vfs_release_fn)(struct proc *);
extern rump_proc_vfs_init_fn rump_proc_vfs_init;
extern rump_proc_vfs_release_fn rump_proc_vfs_release;

/* As rump_etfs_register_withsize() and rump_etfs_remove() of <rump/rump.h>. */
typedef int (*rump_etfs_register_withsize_fn)(const char *, const char *, enum rump_etfs_type, uint64_t, uint64_t);
typedef int (*rump_etfs_remove_fn)(const char *);
extern rump_etfs_register_withsize_fn rump__etfs_register;
extern rump_etfs_remove_fn rump__etfs_remove;

/* For an entry point that needs a faction which is not there: says so and ends as a panic of the kernel does. */
void rump_vfs_unavailable(void) __attribute__((__noreturn__));

/* The root directory. The kernel holds it; it is another one after something has been mounted on it, and null at the end. */
extern struct vnode *rumpns_rootvnode;

/* ---- operations on vnodes ---- */

/* Bits of vdesc_flags for the first vnode among the arguments; those of the next are one further up. */
#define VDESC_MAX_VPS 8
#define VDESC_VP0_WILLRELE 0x001
#define VDESC_VP0_WILLUNLOCK 0x100
#define VDESC_VP0_WILLPUT 0x101

/* There is no such argument; the end of vdesc_vp_offsets. */
#define VDESC_NO_OFFSET (-1)

/* An operation, and where its arguments are in its structure (struct vop_NAME_args). */
struct vnodeop_desc {
	int vdesc_offset;			/* in a vector: VOP_NAME_DESCOFFSET */
	const char *vdesc_name;
	int vdesc_flags;
	const int *vdesc_vp_offsets;		/* vnodes */
	int vdesc_vpp_offset;			/* where a vnode is put */
	int vdesc_cred_offset;
	int vdesc_componentname_offset;		/* the first, if there are several */
};

extern const struct vnodeop_desc rumpns_vop_default_desc;

struct vnodeopv_entry_desc {
	const struct vnodeop_desc *opve_op;
	int (*opve_impl)(void *);
};

struct vnodeopv_desc {
	int (***opv_desc_vector_p)(void *);
	const struct vnodeopv_entry_desc *opv_desc_ops;	/* a null opve_op ends the list */
};

/*
 * The operations as functions that take their arguments in a structure: with a filled struct vop_read_args,
 * rump_vnodeop_p[VOP_READ_DESCOFFSET](&arguments) does what RUMP_VOP_READ() does. A vnode finds the functions of its own file
 * system by itself, so that these serve for all of them. Those of rump_specop_p are one function in all places, which looks
 * at a_desc for what to do. What is written into a vector counts for who calls through it.
 */
extern int (**rump_vnodeop_p)(void *);
extern const struct vnodeopv_entry_desc rump_vnodeop_entries[];	/* most of them, as NetBSD lists them */
extern const struct vnodeopv_desc rump_vnodeop_opv_desc;

extern int (**rump_specop_p)(void *);
extern const struct vnodeopv_entry_desc rump_specop_entries[];
extern const struct vnodeopv_desc rump_specop_opv_desc;

/* Both; a null ends the list. */
extern const struct vnodeopv_desc *const rump_opv_descs[];

/* ---- devices ---- */

/* The root of the tree of devices, which librumpdev prepares and attaches when it starts; a second time has no effect. */
void rump_mainbus_init(void);
void rump_mainbus_attach(void);

#ifdef __cplusplus
}
#endif

#endif /* _RUMP_RUMP_FACTION_H_ */
