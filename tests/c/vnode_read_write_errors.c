/* needs: fs_ffs fs_tmpfs vfs */
/* formats: rumpfs tmpfs ufs1le ufs1be ufs2le ufs2be */
/* Reading past the end gives nothing; directories are neither read nor written as files; appending goes to the end. */
#include "vnode_test.h"

static void
test(struct vnode *root)
{
	char buffer[16];
	struct vnode *file = make(root, "file", VREG), *directory = make(root, "directory", VDIR);
	struct uio *uio;
	size_t done;

	EQUAL(write_at(file, "0123456789", 10, 0, &done), 0);
	EQUAL(done, 10);
	EQUAL(read_at(file, buffer, sizeof buffer, 10, &done), 0);
	EQUAL(done, 0);
	EQUAL(read_at(file, buffer, sizeof buffer, 100000, &done), 0);
	EQUAL(done, 0);
	EQUAL(read_at(file, buffer, sizeof buffer, 7, &done), 0);
	EQUAL(done, 3);
	SAME(buffer, "789", 3);
	EQUAL(read_at(file, buffer, sizeof buffer, -1, &done), RUMP_EINVAL);

	uio = rump_pub_uio_setup("end", 3, 0, RUMPUIO_WRITE);
	EQUAL(RUMP_VOP_LOCK(file, LK_EXCLUSIVE), 0);
	EQUAL(RUMP_VOP_WRITE(file, uio, N_IO_APPEND, root_credentials), 0);
	EQUAL(rump_pub_uio_getoff(uio), 13);
	EQUAL(RUMP_VOP_UNLOCK(file), 0);
	rump_pub_uio_free(uio);

	EQUAL(write_at(directory, "x", 1, 0, &done), RUMP_EISDIR);
	EQUAL(done, 0);
	EQUAL(attributes_of(file).va_size, 13);

	/* Seeking is allowed anywhere but before the beginning. */
	EQUAL(RUMP_VOP_SEEK(file, 0, 1 << 30, root_credentials), 0);
	EQUAL(RUMP_VOP_SEEK(file, 0, -1, root_credentials), RUMP_EINVAL);
	rump_pub_vp_rele(file);
	rump_pub_vp_rele(directory);
}
