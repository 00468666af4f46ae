/* needs: fs_ffs fs_tmpfs vfs */
/* formats: rumpfs tmpfs ufs1le ufs1be ufs2le ufs2be */
/* VOP_RECLAIM: a vnode that nobody else uses ends, its file does not; what is in use, open, locked or nameless is busy. */
#include "vnode_test.h"

#include <rump/rump_vnode_data.h>

static void
test_busy(struct vnode *root)
{
	struct vnode *file = make(root, "busy", VREG), *fifo = make(root, "fifo", VFIFO);
	struct vm_page *page = NULL;
	int count = 1, descriptor;
	size_t done;

	EQUAL(RUMP_VOP_RECLAIM(root), RUMP_EBUSY);
	rump_pub_vp_incref(file);
	EQUAL(RUMP_VOP_RECLAIM(file), RUMP_EBUSY);
	rump_pub_vp_rele(file);
	descriptor = OK(rump_sys_open("busy", RUMP_O_RDWR));
	EQUAL(RUMP_VOP_RECLAIM(file), RUMP_EBUSY);
	OK(rump_sys_close(descriptor));
	EQUAL(write_at(file, "text", 4, 0, &done), 0);
	EQUAL(RUMP_VOP_GETPAGES(file, 0, &page, &count, 0, 1, 0, 0), 0);
	EQUAL(RUMP_VOP_RECLAIM(file), RUMP_EBUSY);
	EQUAL(RUMP_VOP_PUTPAGES(file, 0, 0, RUMP_PGO_FREE), 0);
	EQUAL(RUMP_VOP_LOCK(fifo, LK_EXCLUSIVE), 0);
	EQUAL(RUMP_VOP_OPEN(fifo, N_FREAD | RUMP_O_NONBLOCK, root_credentials), 0);
	EQUAL(RUMP_VOP_UNLOCK(fifo), 0);
	EQUAL(RUMP_VOP_RECLAIM(fifo), RUMP_EBUSY);
	EQUAL(RUMP_VOP_LOCK(fifo, LK_EXCLUSIVE), 0);
	EQUAL(RUMP_VOP_CLOSE(fifo, N_FREAD, root_credentials), 0);
	EQUAL(RUMP_VOP_UNLOCK(fifo), 0);
	EQUAL(RUMP_VOP_RECLAIM(fifo), 0);
	rump_pub_vp_rele(fifo);
	EQUAL(try_remove(root, "busy", VREG), 0);
	EQUAL(RUMP_VOP_RECLAIM(file), RUMP_EBUSY);
	/* It is as it was. */
	EQUAL(write_at(file, "TEXT", 4, 0, &done), 0);
	EQUAL(attributes_of(file).va_size, 4);
	rump_pub_vp_rele(file);
}

static void
test(struct vnode *root)
{
	struct vnode *file = make(root, "file", VREG), *again;
	struct knote knote;
	char buffer[8];
	size_t done;

	test_busy(root);
	memset(&knote, 0, sizeof knote);
	knote.kn_kevent.filter = RUMP_EVFILT_VNODE;
	EQUAL(RUMP_VOP_KQFILTER(file, &knote), 0);
	EQUAL(write_at(file, "text", 4, 0, &done), 0);
	EQUAL(knote.kn_kevent.flags, 0);
	EQUAL(RUMP_VOP_RECLAIM(file), 0);
	EQUAL(knote.kn_kevent.flags, RUMP_EV_EOF);
	knote.kn_fop->f_detach(&knote);
	/* The former vnode is dead, and the file has another one. */
	EQUAL(write_at(file, "dead", 4, 0, &done), RUMP_EIO);
	EQUAL(read_at(file, buffer, sizeof buffer, 0, &done), RUMP_EIO);
	EQUAL(RUMP_VOP_RECLAIM(file), RUMP_EIO);
	again = look_up(root, "file");
	HOLDS(again != NULL && again != file);
	EQUAL(read_at(again, buffer, sizeof buffer, 0, &done), 0);
	EQUAL(done, 4);
	SAME(buffer, "text", 4);
	rump_pub_vp_rele(file);
	EQUAL(write_at(again, "more", 4, 4, &done), 0);
	EQUAL(attributes_of(again).va_size, 8);
	EQUAL(try_remove(root, "file", VREG), 0);
	rump_pub_vp_rele(again);
}
