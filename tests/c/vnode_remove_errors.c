/* needs: fs_ffs fs_tmpfs vfs */
/* formats: rumpfs tmpfs ufs1le ufs1be ufs2le ufs2be */
/* What cannot be removed stays, and the operation takes its locks and references over all the same. */
#include "vnode_test.h"

static void
test(struct vnode *root)
{
	struct vnode *directory = make(root, "directory", VDIR), *file = make(root, "file", VREG);

	make_name(directory, "inside", VREG);
	EQUAL(try_remove(root, "directory", VDIR), RUMP_ENOTEMPTY);
	EQUAL(try_remove(root, "directory", VREG), RUMP_EPERM);
	EQUAL(try_remove(root, "file", VDIR), RUMP_ENOTDIR);
	EQUAL(try_remove(root, "nothing", VREG), RUMP_ENOENT);
	EQUAL(attributes_of(file).va_nlink, 1);
	EQUAL(attributes_of(directory).va_nlink, 2);

	EQUAL(try_remove(directory, "inside", VREG), 0);
	EQUAL(try_remove(root, "directory", VDIR), 0);
	EQUAL(try_remove(root, "file", VREG), 0);
	EQUAL(attributes_of(file).va_nlink, 0);

	/* A directory that is gone takes nothing in. */
	struct vnode *made;
	EQUAL(try_make(directory, "late", VREG, &made), RUMP_ENOENT);
	rump_pub_vp_rele(directory);
	rump_pub_vp_rele(file);
}
