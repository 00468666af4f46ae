/* needs: fs_ffs fs_tmpfs vfs */
/* formats: rumpfs tmpfs ufs1le ufs1be ufs2le ufs2be */
/* VOP_FALLOCATE, VOP_FDISCARD, VOP_BMAP, VOP_GETPAGES, VOP_PUTPAGES and VOP_FSYNC on files with holes. */
#include "vnode_test.h"

static int
on_range(struct vnode *vnode, int (*operation)(struct vnode *, off_t, off_t), off_t position, off_t length)
{
	int error;

	EQUAL(RUMP_VOP_LOCK(vnode, LK_EXCLUSIVE), 0);
	error = operation(vnode, position, length);
	EQUAL(RUMP_VOP_ISLOCKED(vnode), LK_EXCLUSIVE);
	EQUAL(RUMP_VOP_UNLOCK(vnode), 0);
	return error;
}

static void
test_blocks(struct vnode *file)
{
	struct vnode *device = NULL, *again = NULL;
	struct rump_netbsd_vattr attributes;
	int64_t block = 77;
	int run = 77, pages = 1;

	if (!is_ffs()) {
		EQUAL(RUMP_VOP_BMAP(file, 0, NULL, &block, &run), RUMP_EOPNOTSUPP);
		EQUAL(RUMP_VOP_BMAP(file, 0, &device, &block, &run), RUMP_EOPNOTSUPP);
		return;
	}
	/* The device's vnode, of which nobody gets a reference. */
	EQUAL(RUMP_VOP_BMAP(file, 0, &device, NULL, NULL), 0);
	attributes = attributes_of(device);
	EQUAL(attributes.va_type, VBLK);
	EQUAL(attributes.va_rdev, status_of(DEVICE).st_rdev);
	EQUAL(RUMP_VOP_BMAP(file, 1, &again, &block, &run), 0);
	HOLDS(again == device);
	/* The first block is a hole, the second one is not. */
	EQUAL(RUMP_VOP_BMAP(file, 0, NULL, &block, &run), 0);
	EQUAL(block, -1);
	EQUAL(RUMP_VOP_BMAP(file, 1, NULL, &block, &run), 0);
	HOLDS(block > 0 && run >= 0);
	EQUAL(RUMP_VOP_GETPAGES(file, 0, NULL, &pages, 0, 2, 0, 0), 0);
	EQUAL(pages, 1);
	EQUAL(RUMP_VOP_BMAP(file, 0, NULL, &block, &run), 0);
	HOLDS(block > 0);
}

static void
test(struct vnode *root)
{
	static char zeroes[65536], bytes[65536];
	struct vnode *file = make(root, "file", VREG), *directory = make(root, "directory", VDIR);
	struct rump_netbsd_vattr before;
	off_t block = attributes_of(file).va_blocksize;
	int pages = 3;
	size_t done;

	/* Room that is made reads as zeroes and counts. */
	EQUAL(on_range(file, RUMP_VOP_FALLOCATE, 0, 65536), 0);
	before = attributes_of(file);
	EQUAL(before.va_size, 65536);
	HOLDS(before.va_bytes >= 65536);
	EQUAL(read_at(file, bytes, sizeof bytes, 0, &done), 0);
	EQUAL(done, sizeof bytes);
	SAME(bytes, zeroes, sizeof bytes);
	memset(bytes, 'b', sizeof bytes);
	EQUAL(write_at(file, bytes, sizeof bytes, 0, &done), 0);

	/* Given back, it does not. */
	EQUAL(on_range(file, RUMP_VOP_FDISCARD, 0, block), 0);
	EQUAL(attributes_of(file).va_size, 65536);
	EQUAL(read_at(file, bytes, sizeof bytes, 0, &done), 0);
	SAME(bytes, zeroes, (size_t)block);
	EQUAL(bytes[block], 'b');
	EQUAL(RUMP_VOP_PUTPAGES(file, 0, 0, 1), 0);
	EQUAL(on_range(directory, RUMP_VOP_FALLOCATE, 0, 10), RUMP_EISDIR);
	EQUAL(on_range(directory, RUMP_VOP_FDISCARD, 0, 10), RUMP_EISDIR);
	EQUAL(on_range(file, RUMP_VOP_FALLOCATE, -1, 10), RUMP_EINVAL);
	EQUAL(on_range(file, RUMP_VOP_FDISCARD, 0, 0), RUMP_EINVAL);

	EQUAL(RUMP_VOP_GETPAGES(file, 0, NULL, &pages, 0, 1, 0, 0), 0);
	EQUAL(pages, 3);
	EQUAL(RUMP_VOP_GETPAGES(file, 1 << 20, NULL, &pages, 0, 1, 0, 0), RUMP_EINVAL);
	test_blocks(file);
	EQUAL(RUMP_VOP_LOCK(file, LK_EXCLUSIVE), 0);
	EQUAL(RUMP_VOP_FSYNC(file, root_credentials, 1, 0, 0), 0);
	EQUAL(RUMP_VOP_FSYNC(file, root_credentials, 2, 0, 4096), 0);
	EQUAL(RUMP_VOP_ISLOCKED(file), LK_EXCLUSIVE);
	EQUAL(RUMP_VOP_UNLOCK(file), 0);
	rump_pub_vp_rele(file);
	rump_pub_vp_rele(directory);
}
