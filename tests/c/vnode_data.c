/* needs: fs_ffs fs_tmpfs vfs */
/* formats: rumpfs tmpfs ufs1le ufs1be ufs2le ufs2be */
/* Data and directory entries through the vnode operations; transfers say how far they came. */
#include "vnode_test.h"

static const char text[] = "through a vnode";

static void
transfer(struct vnode *file)
{
	char buffer[64] = "";
	struct uio *uio = rump_pub_uio_setup((void *)(uintptr_t)text, sizeof text, 100, RUMPUIO_WRITE);

	EQUAL(RUMP_VOP_LOCK(file, LK_EXCLUSIVE), 0);
	EQUAL(RUMP_VOP_WRITE(file, uio, 0, root_credentials), 0);
	EQUAL(rump_pub_uio_getoff(uio), 100 + sizeof text);
	EQUAL(rump_pub_uio_free(uio), 0);

	uio = rump_pub_uio_setup(buffer, sizeof buffer, 98, RUMPUIO_READ);
	EQUAL(RUMP_VOP_READ(file, uio, 0, root_credentials), 0);
	EQUAL(rump_pub_uio_getresid(uio), sizeof buffer - sizeof text - 2);
	rump_pub_uio_free(uio);
	ALL(buffer, 0, 2);
	SAME(buffer + 2, text, sizeof text);

	EQUAL(RUMP_VOP_FSYNC(file, root_credentials, 1, 0, 0), 0);
	EQUAL(RUMP_VOP_UNLOCK(file), 0);
	EQUAL(attributes_of(file).va_size, 100 + sizeof text);
}

static void
entries(struct vnode *root, const char *expected)
{
	char buffer[512];
	int end = -1, found = 0;
	struct uio *uio = rump_pub_uio_setup(buffer, sizeof buffer, 0, RUMPUIO_READ);
	size_t length;

	EQUAL(RUMP_VOP_LOCK(root, LK_SHARED), 0);
	EQUAL(RUMP_VOP_READDIR(root, uio, root_credentials, &end, NULL, NULL), 0);
	EQUAL(RUMP_VOP_UNLOCK(root), 0);
	EQUAL(end, 1);
	length = sizeof buffer - rump_pub_uio_free(uio);
	for (size_t at = 0; at < length;) {
		struct rump_netbsd_dirent *entry = (void *)&buffer[at];

		if (strcmp(entry->d_name, expected) == 0)
			found++;
		at += entry->d_reclen;
	}
	EQUAL(found, 1);
}

static void
test(struct vnode *root)
{
	struct vnode *file = make(root, "data", VREG);
	struct vattr *change = rump_pub_vattr_init();
	enum rump_vtype type;
	off_t size;
	dev_t device;

	transfer(file);
	entries(root, "data");
	((struct rump_netbsd_vattr *)(void *)change)->va_size = 3;
	EQUAL(RUMP_VOP_LOCK(file, LK_EXCLUSIVE), 0);
	EQUAL(RUMP_VOP_SETATTR(file, change, root_credentials), 0);
	EQUAL(RUMP_VOP_UNLOCK(file), 0);
	rump_pub_vattr_free(change);
	rump_pub_getvninfo(file, &type, &size, &device);
	EQUAL(type, VREG);
	EQUAL(size, 3);
	EQUAL(device, 0);
	EQUAL(RUMP_VOP_LOCK(file, LK_SHARED), 0);
	EQUAL(RUMP_VOP_ACCESS(file, 4, root_credentials), 0);
	EQUAL(RUMP_VOP_UNLOCK(file), 0);
	rump_pub_vp_rele(file);
}
