/* needs: fs_ffs fs_tmpfs vfs */
/* formats: rumpfs tmpfs ufs1le ufs1be ufs2le ufs2be */
/* What credentials other than the superuser's may do: VOP_ACCESS, lookups for making and removing names, VOP_SETATTR. */
#include "vnode_test.h"

static struct kauth_cred *somebody;

static int
access_of(struct vnode *vnode, int mode)
{
	int error;

	EQUAL(RUMP_VOP_LOCK(vnode, LK_EXCLUSIVE), 0);
	error = RUMP_VOP_ACCESS(vnode, mode, somebody);
	EQUAL(RUMP_VOP_ISLOCKED(vnode), LK_EXCLUSIVE);
	EQUAL(RUMP_VOP_UNLOCK(vnode), 0);
	return error;
}

static int
lookup_in(struct vnode *directory, int operation, const char *name)
{
	struct vnode *found;
	int error;

	EQUAL(RUMP_VOP_LOCK(directory, LK_EXCLUSIVE), 0);
	error = look_up_for(operation, directory, name, somebody, &found);
	EQUAL(RUMP_VOP_UNLOCK(directory), 0);
	if (error == 0)
		rump_pub_vp_rele(found);
	return error;
}

static void
set_mode(struct vnode *vnode, mode_t mode)
{
	struct vattr *change = rump_pub_vattr_init();

	rump_pub_vattr_setmode(change, mode);
	EQUAL(change_attributes(vnode, change, root_credentials), 0);
}

static void
test(struct vnode *root)
{
	struct vnode *directory = make(root, "directory", VDIR), *file = make(directory, "file", VREG);
	struct vattr *change;

	somebody = rump_pub_cred_create(1000, 100, 0, NULL);
	set_mode(file, 0640);
	EQUAL(access_of(file, ACCESS_READ), RUMP_EACCES);
	set_mode(file, 0604);
	EQUAL(access_of(file, ACCESS_READ), 0);
	EQUAL(access_of(file, ACCESS_READ | ACCESS_WRITE), RUMP_EACCES);
	EQUAL(access_of(file, ACCESS_EXECUTE), RUMP_EACCES);

	/* 0755: searched by all, changed by none but the owner. */
	EQUAL(lookup_in(directory, RUMP_NAMEI_LOOKUP, "file"), 0);
	EQUAL(lookup_in(directory, RUMP_NAMEI_CREATE, "new"), RUMP_EACCES);
	EQUAL(lookup_in(directory, RUMP_NAMEI_DELETE, "file"), RUMP_EACCES);
	set_mode(directory, 0777);
	EQUAL(lookup_in(directory, RUMP_NAMEI_CREATE, "new"), JUST_RETURN);
	EQUAL(lookup_in(directory, RUMP_NAMEI_DELETE, "file"), 0);
	set_mode(directory, 01777);
	EQUAL(lookup_in(directory, RUMP_NAMEI_DELETE, "file"), RUMP_EPERM);
	set_mode(directory, 0700);
	EQUAL(lookup_in(directory, RUMP_NAMEI_LOOKUP, "file"), RUMP_EACCES);

	change = rump_pub_vattr_init();
	rump_pub_vattr_setmode(change, 0777);
	EQUAL(change_attributes(file, change, somebody), RUMP_EPERM);
	change = rump_pub_vattr_init();
	fields_of(change)->va_uid = 1000;
	EQUAL(change_attributes(file, change, somebody), RUMP_EPERM);
	change = rump_pub_vattr_init();
	fields_of(change)->va_uid = 1000;
	EQUAL(change_attributes(file, change, root_credentials), 0);
	change = rump_pub_vattr_init();
	rump_pub_vattr_setmode(change, 0400);
	EQUAL(change_attributes(file, change, somebody), 0);
	EQUAL(attributes_of(file).va_mode & 07777, 0400);
	rump_pub_cred_put(somebody);
	rump_pub_vp_rele(file);
	rump_pub_vp_rele(directory);
}
