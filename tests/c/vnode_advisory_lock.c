/* needs: fs_ffs fs_tmpfs vfs */
/* formats: rumpfs tmpfs ufs1le ufs1be ufs2le ufs2be */
/* VOP_ADVLOCK: conflicts, ranges, what is in the way; the vnode is not locked for it. */
#include "vnode_test.h"

enum { BY_DESCRIPTION = 0x20, WAITS = 0x10, SET_LOCK = 8, GET_LOCK = 7, REMOVE_LOCK = 2 };

static int
lock(struct vnode *file, void *owner, int operation, int type, off_t start, off_t length)
{
	struct rump_netbsd_flock wanted = { .l_start = start, .l_len = length, .l_type = (int16_t)type };
	int error = RUMP_VOP_ADVLOCK(file, owner, operation, (struct flock *)(void *)&wanted, BY_DESCRIPTION);

	EQUAL(RUMP_VOP_ISLOCKED(file), 0);
	return error;
}

static void
test(struct vnode *root)
{
	struct vnode *file = make(root, "file", VREG);
	struct rump_netbsd_flock asked = { .l_type = N_F_WRLCK, .l_start = 10, .l_len = 100 };
	int one, other;

	EQUAL(lock(file, &one, SET_LOCK, N_F_WRLCK, 0, 50), 0);
	EQUAL(lock(file, &other, SET_LOCK, N_F_RDLCK, 49, 10), RUMP_EAGAIN);
	EQUAL(lock(file, &other, SET_LOCK, N_F_RDLCK, 50, 10), 0);
	EQUAL(lock(file, &one, SET_LOCK, N_F_RDLCK, 0, 0), 0);
	EQUAL(lock(file, &one, SET_LOCK, N_F_WRLCK, 0, 0), RUMP_EAGAIN);
	EQUAL(RUMP_VOP_ADVLOCK(file, &other, GET_LOCK, (struct flock *)(void *)&asked, BY_DESCRIPTION), 0);
	EQUAL(asked.l_type, N_F_RDLCK);
	EQUAL(asked.l_start, 0);
	EQUAL(asked.l_len, 0);
	EQUAL(lock(file, &one, REMOVE_LOCK, N_F_UNLCK, 0, 0), 0);
	EQUAL(lock(file, &other, REMOVE_LOCK, N_F_UNLCK, 0, 0), 0);
	EQUAL(RUMP_VOP_ADVLOCK(file, &other, GET_LOCK, (struct flock *)(void *)&asked, BY_DESCRIPTION), 0);
	EQUAL(asked.l_type, N_F_UNLCK);
	EQUAL(lock(file, &one, SET_LOCK, N_F_WRLCK, -1, 10), RUMP_EINVAL);
	rump_pub_vp_rele(file);
}
