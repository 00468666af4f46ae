/* needs: fs_ffs fs_tmpfs vfs */
/* formats: rumpfs tmpfs ufs1le ufs1be ufs2le ufs2be */
/* VOP_GETATTR fills every field; VOP_SETATTR changes those that are given, and refuses what cannot be. */
#include "vnode_test.h"

static void
test(struct vnode *root)
{
	struct vnode *file = make(root, "file", VREG), *directory = make(root, "directory", VDIR);
	struct rump_netbsd_vattr before = attributes_of(file), after;
	struct vattr *change = rump_pub_vattr_init();

	EQUAL(before.va_type, VREG);
	EQUAL(before.va_mode & 07777, 0755);
	EQUAL(before.va_nlink, 1);
	EQUAL(before.va_uid, 0);
	EQUAL(before.va_size, 0);
	EQUAL(before.va_fsid, attributes_of(root).va_fsid);
	HOLDS(before.va_fileid != attributes_of(directory).va_fileid);
	HOLDS(before.va_blocksize >= 512);
	HOLDS(before.va_mtime.tv_sec > 1000000000 && before.va_mtime.tv_nsec < 1000000000);
	EQUAL(attributes_of(directory).va_type, VDIR);
	EQUAL(attributes_of(directory).va_nlink, 2);

	fields_of(change)->va_mode = 0600;
	fields_of(change)->va_uid = 12;
	fields_of(change)->va_gid = 34;
	fields_of(change)->va_atime.tv_sec = 1111111111;
	fields_of(change)->va_atime.tv_nsec = 0;
	fields_of(change)->va_mtime.tv_sec = 1222222222;
	fields_of(change)->va_mtime.tv_nsec = 5000;
	EQUAL(change_attributes(file, change, root_credentials), 0);
	after = attributes_of(file);
	EQUAL(after.va_mode & 07777, 0600);
	EQUAL(after.va_uid, 12);
	EQUAL(after.va_gid, 34);
	EQUAL(after.va_atime.tv_sec, 1111111111);
	EQUAL(after.va_mtime.tv_sec, 1222222222);
	EQUAL(after.va_mtime.tv_nsec, 5000);
	HOLDS(after.va_ctime.tv_sec >= before.va_ctime.tv_sec);

	change = rump_pub_vattr_init();
	fields_of(change)->va_size = 123456;
	EQUAL(change_attributes(file, change, root_credentials), 0);
	EQUAL(attributes_of(file).va_size, 123456);
	change = rump_pub_vattr_init();
	fields_of(change)->va_size = 1;
	EQUAL(change_attributes(directory, change, root_credentials), RUMP_EISDIR);
	change = rump_pub_vattr_init();
	fields_of(change)->va_nlink = 7;
	EQUAL(change_attributes(file, change, root_credentials), RUMP_EINVAL);
	change = rump_pub_vattr_init();
	fields_of(change)->va_fileid = 7;
	EQUAL(change_attributes(file, change, root_credentials), RUMP_EINVAL);
	rump_pub_vp_rele(file);
	rump_pub_vp_rele(directory);
}
