/* needs: fs_ffs fs_tmpfs vfs */
/* formats: rumpfs tmpfs ufs1le ufs1be ufs2le ufs2be */
/* VOP_POLL, VOP_IOCTL, VOP_FCNTL, VOP_PATHCONF, VOP_MMAP, VOP_ABORTOP, VOP_PRINT, and those that have no meaning here. */
#include "vnode_test.h"

#include "console.h"

static void
test_state(struct vnode *file)
{
	long value = 0;
	int data = 0;

	/* POLLIN, POLLOUT and POLLRDNORM of what is asked for. */
	EQUAL(RUMP_VOP_POLL(file, 0x1 | 0x4), 0x1 | 0x4);
	EQUAL(RUMP_VOP_POLL(file, 0x40), 0x40);
	EQUAL(RUMP_VOP_POLL(file, 0x2), 0);
	/* An ioctl that no file knows is passed on: EPASSTHROUGH. */
	EQUAL(RUMP_VOP_IOCTL(file, 0x20006601, &data, N_FREAD, root_credentials), -4);
	EQUAL(RUMP_VOP_LOCK(file, LK_SHARED), 0);
	EQUAL(RUMP_VOP_PATHCONF(file, N_PC_NAME_MAX, &value), 0);
	EQUAL(value, N_NAME_MAX);
	EQUAL(RUMP_VOP_PATHCONF(file, N_PC_LINK_MAX, &value), 0);
	HOLDS(value >= 1000);
	EQUAL(RUMP_VOP_PATHCONF(file, 4711, &value), RUMP_EINVAL);
	EQUAL(RUMP_VOP_MMAP(file, 1, root_credentials), 0);
	EQUAL(RUMP_VOP_ISLOCKED(file), LK_SHARED);
	EQUAL(RUMP_VOP_UNLOCK(file), 0);
}

static void
test(struct vnode *root)
{
	struct vnode *file = make(root, "file", VREG), *found;
	struct componentname *component = name_for(RUMP_NAMEI_CREATE, "given-up");
	bool recycle = true;

	test_state(file);
	EQUAL(RUMP_VOP_FCNTL(file, N_F_SETFL, NULL, N_FREAD, root_credentials), 0);
	EQUAL(RUMP_VOP_FCNTL(file, 4711, NULL, N_FREAD, root_credentials), RUMP_EOPNOTSUPP);

	EQUAL(RUMP_VOP_LOCK(root, LK_EXCLUSIVE), 0);
	EQUAL(RUMP_VOP_LOOKUP(root, &found, component), JUST_RETURN);
	EQUAL(RUMP_VOP_ABORTOP(root, component), 0);
	EQUAL(RUMP_VOP_UNLOCK(root), 0);
	rump_pub_freecn(component, 0);
	HOLDS(look_up(root, "given-up") == NULL);

	console_start();
	EQUAL(RUMP_VOP_PRINT(file), 0);
	HOLDS(strstr(console_end(), "vnode") != NULL);
	EQUAL(RUMP_VOP_KQFILTER(file, NULL), RUMP_EFAULT);
	EQUAL(RUMP_VOP_STRATEGY(file, NULL), RUMP_EFAULT);
	EQUAL(RUMP_VOP_BWRITE(file, NULL), RUMP_EFAULT);

	/* Whether the last one to go takes the file along. */
	EQUAL(RUMP_VOP_LOCK(file, LK_EXCLUSIVE), 0);
	EQUAL(RUMP_VOP_INACTIVE(file, &recycle), 0);
	EQUAL(RUMP_VOP_ISLOCKED(file), 0);
	EQUAL(recycle, false);
	EQUAL(try_remove(root, "file", VREG), 0);
	EQUAL(RUMP_VOP_LOCK(file, LK_EXCLUSIVE), 0);
	EQUAL(RUMP_VOP_INACTIVE(file, &recycle), 0);
	EQUAL(recycle, true);
	rump_pub_vp_rele(file);
}
