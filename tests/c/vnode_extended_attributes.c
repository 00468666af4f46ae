/* needs: fs_ffs fs_tmpfs vfs */
/* formats: rumpfs tmpfs ufs1le ufs1be ufs2le ufs2be */
/* Extended attributes through the vnode operations: set, read in parts, listed in both forms, removed. On FFS they have to be
 * started, and there are none on UFS2. */
#include "vnode_test.h"

enum { NAMESPACE_USER = 1, NAMESPACE_SYSTEM = 2, LENGTH_PREFIX = 1 };

static int
set_at(struct vnode *file, const char *name, const char *value, off_t offset)
{
	struct uio *uio = rump_pub_uio_setup((void *)(uintptr_t)value, strlen(value), offset, RUMPUIO_WRITE);
	int error = RUMP_VOP_SETEXTATTR(file, NAMESPACE_USER, name, uio, root_credentials);

	rump_pub_uio_free(uio);
	return error;
}

static int
set(struct vnode *file, int space, const char *name, const char *value, struct kauth_cred *who)
{
	struct uio *uio = rump_pub_uio_setup((void *)(uintptr_t)value, strlen(value), 0, RUMPUIO_WRITE);
	int error = RUMP_VOP_SETEXTATTR(file, space, name, uio, who);

	rump_pub_uio_free(uio);
	return error;
}

static void
expect(struct vnode *file, int space, const char *name, const char *value, off_t from)
{
	char buffer[64];
	struct uio *uio = rump_pub_uio_setup(buffer, sizeof buffer, from, RUMPUIO_READ);
	size_t size = 77, left = strlen(value) - (size_t)from;

	EQUAL(RUMP_VOP_GETEXTATTR(file, space, name, uio, &size, root_credentials), 0);
	EQUAL(size, strlen(value));
	EQUAL(sizeof buffer - rump_pub_uio_free(uio), left);
	SAME(buffer, value + from, left);
}

static void
expect_list(struct vnode *file, int flag, const char *names, size_t length)
{
	char buffer[64];
	struct uio *uio = rump_pub_uio_setup(buffer, sizeof buffer, 0, RUMPUIO_READ);
	size_t size = 77;

	EQUAL(RUMP_VOP_LISTEXTATTR(file, NAMESPACE_USER, NULL, &size, flag, root_credentials), 0);
	EQUAL(size, length);
	EQUAL(RUMP_VOP_LISTEXTATTR(file, NAMESPACE_USER, uio, NULL, flag, root_credentials), 0);
	EQUAL(sizeof buffer - rump_pub_uio_free(uio), length);
	SAME(buffer, names, length);
}

static void
refused(struct vnode *file)
{
	size_t size;

	EQUAL(RUMP_VOP_OPENEXTATTR(file, root_credentials), RUMP_EOPNOTSUPP);
	EQUAL(set(file, NAMESPACE_USER, "name", "value", root_credentials), RUMP_EOPNOTSUPP);
	EQUAL(RUMP_VOP_GETEXTATTR(file, NAMESPACE_USER, "name", NULL, &size, root_credentials), RUMP_EOPNOTSUPP);
	EQUAL(RUMP_VOP_LISTEXTATTR(file, NAMESPACE_USER, NULL, &size, 0, root_credentials), RUMP_EOPNOTSUPP);
	EQUAL(RUMP_VOP_DELETEEXTATTR(file, NAMESPACE_USER, "name", root_credentials), RUMP_EOPNOTSUPP);
	EQUAL(RUMP_VOP_CLOSEEXTATTR(file, 1, root_credentials), RUMP_EOPNOTSUPP);
}

static void
kept(struct vnode *file)
{
	struct kauth_cred *somebody = rump_pub_cred_create(1000, 100, 0, NULL);
	int together = is_ffs() ? RUMP_EOPNOTSUPP : 0;
	size_t size;

	EQUAL(RUMP_VOP_OPENEXTATTR(file, root_credentials), together);
	EQUAL(set(file, NAMESPACE_USER, "one", "first value", root_credentials), 0);
	EQUAL(set(file, NAMESPACE_USER, "three", "", root_credentials), 0);
	EQUAL(set(file, NAMESPACE_SYSTEM, "one", "the system's", root_credentials), 0);
	EQUAL(RUMP_VOP_CLOSEEXTATTR(file, 1, root_credentials), together);
	expect(file, NAMESPACE_USER, "one", "first value", 0);
	expect(file, NAMESPACE_USER, "one", "first value", 6);
	expect(file, NAMESPACE_USER, "three", "", 0);
	expect(file, NAMESPACE_SYSTEM, "one", "the system's", 0);
	expect_list(file, 0, "one\0three", 10);
	expect_list(file, LENGTH_PREFIX, "\3one\5three", 10);

	EQUAL(RUMP_VOP_GETEXTATTR(file, NAMESPACE_USER, "two", NULL, &size, root_credentials), RUMP_ENODATA);
	EQUAL(RUMP_VOP_GETEXTATTR(file, 3, "one", NULL, &size, root_credentials), RUMP_EINVAL);
	EQUAL(set(file, NAMESPACE_USER, "", "value", root_credentials), RUMP_EINVAL);
	EQUAL(RUMP_VOP_SETEXTATTR(file, NAMESPACE_USER, "one", NULL, root_credentials), RUMP_EINVAL);
	EQUAL(set_at(file, "one", "value", 1), RUMP_ENXIO);
	EQUAL(set(file, NAMESPACE_SYSTEM, "one", "mine", somebody), RUMP_EPERM);
	EQUAL(set(file, NAMESPACE_USER, "one", "mine", somebody), RUMP_EACCES);
	EQUAL(RUMP_VOP_DELETEEXTATTR(file, NAMESPACE_USER, "two", root_credentials), RUMP_ENODATA);
	EQUAL(RUMP_VOP_DELETEEXTATTR(file, NAMESPACE_USER, "one", root_credentials), 0);
	expect_list(file, 0, "three", 6);
	rump_pub_cred_put(somebody);
}

enum { START = 1, STOP, ENABLE, DISABLE };

/* On UFS1 attributes are started by hand; other mounts have nothing to start. */
static bool
started(struct vnode *root)
{
	struct vnode *backing = make(root, "backing", VREG);
	const unsigned char header[] = { 0, 0xb5, 0xd5, 0xec, 0, 0, 0, 3, 0, 0, 0, 20 };
	struct mount *mount;
	size_t written;

	EQUAL(write_at(backing, header, sizeof header, 0, &written), 0);
	EQUAL(rump_pub_vfs_getmp(mounted_at, &mount), 0);
	if (!is_ffs() || is_ufs2()) {
		EQUAL(RUMP_VOP_LOCK(backing, LK_EXCLUSIVE), 0);
		EQUAL(rump_pub_vfs_extattrctl(mount, ENABLE, backing, NAMESPACE_USER, "one"), RUMP_EOPNOTSUPP);
		EQUAL(RUMP_VOP_ISLOCKED(backing), 0);
		EQUAL(rump_pub_vfs_extattrctl(mount, STOP, NULL, 0, NULL), RUMP_EOPNOTSUPP);
		rump_pub_vp_rele(backing);
		return !is_ffs();
	}
	OK(rump_sys_mkdir(".attribute", 0755));
	OK(rump_sys_mkdir(".attribute/user", 0755));
	OK(rump_sys_mkdir(".attribute/system", 0755));
	EQUAL(rump_pub_vfs_extattrctl(mount, START, NULL, 0, NULL), 0);
	/* The backing file comes locked and goes unlocked, whatever becomes of it. */
	EQUAL(RUMP_VOP_LOCK(backing, LK_EXCLUSIVE), 0);
	EQUAL(rump_pub_vfs_extattrctl(mount, START, backing, 0, NULL), RUMP_EINVAL);
	EQUAL(RUMP_VOP_ISLOCKED(backing), 0);
	EQUAL(RUMP_VOP_LOCK(backing, LK_EXCLUSIVE), 0);
	EQUAL(rump_pub_vfs_extattrctl(mount, ENABLE, backing, NAMESPACE_USER, "one"), 0);
	EQUAL(RUMP_VOP_ISLOCKED(backing), 0);
	EQUAL(rump_pub_vfs_extattrctl(mount, DISABLE, NULL, NAMESPACE_USER, "two"), RUMP_ENODATA);
	/* With the backing file locked by the program, and attributes of its own. */
	EQUAL(RUMP_VOP_LOCK(backing, LK_EXCLUSIVE), 0);
	EQUAL(set(backing, NAMESPACE_USER, "one", "itself", root_credentials), 0);
	expect(backing, NAMESPACE_USER, "one", "itself", 0);
	EQUAL(RUMP_VOP_DELETEEXTATTR(backing, NAMESPACE_USER, "one", root_credentials), 0);
	EQUAL(RUMP_VOP_UNLOCK(backing), 0);
	rump_pub_vp_rele(backing);
	return true;
}

static void
test(struct vnode *root)
{
	struct vnode *file = make(root, "file", VREG);
	bool keeps;

	EQUAL(RUMP_VOP_LOCK(file, LK_EXCLUSIVE), 0);
	if (is_ffs())
		refused(file);
	EQUAL(RUMP_VOP_UNLOCK(file), 0);
	keeps = started(root);
	EQUAL(RUMP_VOP_LOCK(file, LK_EXCLUSIVE), 0);
	if (keeps)
		kept(file);
	else
		refused(file);
	EQUAL(RUMP_VOP_ISLOCKED(file), LK_EXCLUSIVE);
	EQUAL(RUMP_VOP_UNLOCK(file), 0);
	rump_pub_vp_rele(file);
}
