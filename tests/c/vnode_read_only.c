/* needs: fs_ffs fs_tmpfs vfs */
/* formats: tmpfs ufs1le ufs2be */
/* On a mount that is read-only, whatever changes something is EROFS, and reading goes on. */
#include "vnode_test.h"

static void
remount(int flags)
{
	if (is_ffs())
		OK(try_mount(DEVICE, mounted_at, flags | RUMP_MNT_UPDATE));
	else
		OK(try_mount_tmpfs(mounted_at, 0, 0, flags | RUMP_MNT_UPDATE));
}

static void
test(struct vnode *root)
{
	char buffer[8];
	struct vnode *file = make(root, "file", VREG), *found;
	struct vattr *change;
	size_t done;

	EQUAL(write_at(file, "data", 4, 0, &done), 0);
	remount(RUMP_MNT_RDONLY);
	EQUAL(try_make(root, "new", VREG, &found), RUMP_EROFS);
	EQUAL(try_remove(root, "file", VREG), RUMP_EROFS);
	EQUAL(RUMP_VOP_LOCK(root, LK_EXCLUSIVE), 0);
	EQUAL(look_up_for(RUMP_NAMEI_RENAME, root, "file", root_credentials, &found), RUMP_EROFS);
	EQUAL(RUMP_VOP_ACCESS(root, ACCESS_WRITE, root_credentials), RUMP_EROFS);
	EQUAL(RUMP_VOP_ACCESS(root, ACCESS_READ, root_credentials), 0);
	EQUAL(RUMP_VOP_UNLOCK(root), 0);
	change = rump_pub_vattr_init();
	rump_pub_vattr_setmode(change, 0600);
	EQUAL(change_attributes(file, change, root_credentials), RUMP_EROFS);
	change = rump_pub_vattr_init();
	fields_of(change)->va_size = 0;
	EQUAL(change_attributes(file, change, root_credentials), RUMP_EROFS);
	EQUAL(read_at(file, buffer, sizeof buffer, 0, &done), 0);
	EQUAL(done, 4);
	remount(0);
	EQUAL(write_at(file, "more", 4, 4, &done), 0);
	rump_pub_vp_rele(file);
}
