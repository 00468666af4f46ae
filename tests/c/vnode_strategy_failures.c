/* needs: fs_ffs vfs */
/* formats: ufs1le ufs1be ufs2le ufs2be */
/* A disk that fails now and then: buffers tell of each failure, and what was written without one is on the disk. */
#include "buffers.h"

enum { BLOCKS = 40, MOST = 65536 };

static char bytes[MOST], found[MOST];
static int failures, host;

static bool
succeeded(int error)
{
	if (error == 0)
		return true;
	EQUAL(error, RUMP_EIO);
	failures++;
	return false;
}

static void
test_device(struct vnode *device)
{
	for (int i = 0; i < 100; i++) {
		struct buf buffer = buffer_for(RUMP_B_READ, bytes, 4096, i * 8);

		if (succeeded(carry_out(device, &buffer))) {
			EQUAL(buffer.b_resid, 0);
			EQUAL(pread(host, found, 4096, i * 4096), 4096);
			SAME(bytes, found, 4096);
		} else
			EQUAL(buffer.b_resid, 4096);
	}
}

static void
test_file(struct vnode *file)
{
	size_t block = (size_t)attributes_of(file).va_blocksize, done;

	for (int i = 0; i < BLOCKS; i++) {
		struct buf buffer = buffer_for(0, bytes, block, i);

		memset(bytes, i + 1, block);
		/* There must be a file where a buffer is written. */
		while (!succeeded(write_at(file, "", 1, (off_t)(block * (size_t)(i + 1)) - 1, &done)))
			continue;
		if (!succeeded(RUMP_VOP_BWRITE(file, &buffer))) {
			EQUAL(buffer.b_cflags, RUMP_BC_INVAL);
			EQUAL(buffer.b_error, RUMP_EIO);
			continue;
		}
		EQUAL(buffer.b_cflags, 0);
		HOLDS(buffer.b_blkno > 0);
		EQUAL(pread(host, found, block, (off_t)buffer.b_blkno * RUMP_DEV_BSIZE), (ssize_t)block);
		ALL(found, i + 1, block);
	}
}

int
main(int count, char **arguments)
{
	struct vnode *root, *file, *device;
	int error;

	setenv("RUMP_BLKFAIL", "2000", 1);
	setenv("RUMP_BLKFAIL_SEED", "7", 1);
	take_format(count, arguments);
	make_image("image", "4m", "density=4096");
	host = open("image", O_RDONLY);
	boot_with_device("image");
	for (int again = 0; try_mount(DEVICE, "/m", 0) == -1; again++)
		HOLDS(errno == RUMP_EIO && again < 200);
	new_process();
	root_credentials = rump_pub_cred_create(0, 0, 0, NULL);
	root = root_of("/m");
	while ((error = try_make(root, "file", VREG, &file)) != 0)
		EQUAL(error, RUMP_EIO);
	EQUAL(RUMP_VOP_BMAP(file, 0, &device, NULL, NULL), 0);
	test_device(device);
	HOLDS(failures > 0);
	failures = 0;
	test_file(file);
	HOLDS(failures > 0);
	return 0;
}
