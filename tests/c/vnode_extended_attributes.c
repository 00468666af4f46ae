/* needs: fs_ffs fs_tmpfs vfs */
/* formats: rumpfs tmpfs ufs1le ufs1be ufs2le ufs2be */
/* Extended attributes through the vnode operations: set, read in parts, listed in both forms, removed. */
#include "vnode_test.h"

enum { NAMESPACE_USER = 1, NAMESPACE_SYSTEM = 2, LENGTH_PREFIX = 1 };

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
	size_t size;

	EQUAL(RUMP_VOP_OPENEXTATTR(file, root_credentials), 0);
	EQUAL(set(file, NAMESPACE_USER, "one", "first value", root_credentials), 0);
	EQUAL(set(file, NAMESPACE_USER, "three", "", root_credentials), 0);
	EQUAL(set(file, NAMESPACE_SYSTEM, "one", "the system's", root_credentials), 0);
	EQUAL(RUMP_VOP_CLOSEEXTATTR(file, 1, root_credentials), 0);
	expect(file, NAMESPACE_USER, "one", "first value", 0);
	expect(file, NAMESPACE_USER, "one", "first value", 6);
	expect(file, NAMESPACE_USER, "three", "", 0);
	expect(file, NAMESPACE_SYSTEM, "one", "the system's", 0);
	expect_list(file, 0, "one\0three", 10);
	expect_list(file, LENGTH_PREFIX, "\3one\5three", 10);

	EQUAL(RUMP_VOP_GETEXTATTR(file, NAMESPACE_USER, "two", NULL, &size, root_credentials), RUMP_ENOATTR);
	EQUAL(RUMP_VOP_GETEXTATTR(file, 3, "one", NULL, &size, root_credentials), RUMP_EINVAL);
	EQUAL(set(file, NAMESPACE_USER, "", "value", root_credentials), RUMP_EINVAL);
	EQUAL(set(file, NAMESPACE_SYSTEM, "one", "mine", somebody), RUMP_EPERM);
	EQUAL(set(file, NAMESPACE_USER, "one", "mine", somebody), RUMP_EACCES);
	EQUAL(RUMP_VOP_DELETEEXTATTR(file, NAMESPACE_USER, "two", root_credentials), RUMP_ENOATTR);
	EQUAL(RUMP_VOP_DELETEEXTATTR(file, NAMESPACE_USER, "one", root_credentials), 0);
	expect_list(file, 0, "three", 6);
	rump_pub_cred_put(somebody);
}

static void
test(struct vnode *root)
{
	struct vnode *file = make(root, "file", VREG);

	EQUAL(RUMP_VOP_LOCK(file, LK_EXCLUSIVE), 0);
	if (is_ffs())
		refused(file);
	else
		kept(file);
	EQUAL(RUMP_VOP_ISLOCKED(file), LK_EXCLUSIVE);
	EQUAL(RUMP_VOP_UNLOCK(file), 0);
	rump_pub_vp_rele(file);
}
