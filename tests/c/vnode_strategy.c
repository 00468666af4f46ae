/* needs: fs_ffs fs_tmpfs vfs */
/* formats: rumpfs tmpfs ufs1le ufs1be ufs2le ufs2be */
/* VOP_STRATEGY and VOP_BWRITE on regular files: places, holes, the end, completion, and buffers that make no sense. */
#include "vnode_test.h"

#include "buffers.h"

enum { MOST = 65536 };

static char expected[4 * MOST], bytes[MOST];

/* The block of a buffer at that offset, which is one of the file system's or of 512 bytes. */
static int64_t
block_at(struct vnode *file, off_t offset)
{
	off_t unit = is_ffs() ? attributes_of(file).va_blocksize : RUMP_DEV_BSIZE;

	EQUAL(offset % unit, 0);
	return offset / unit;
}

static struct vnode *
file_of(struct vnode *root, const char *name, size_t length)
{
	struct vnode *file = make(root, name, VREG);
	size_t done;

	for (size_t i = 0; i < length; i++)
		expected[i] = (char)(i * 7 + i / 509);
	EQUAL(write_at(file, expected, length, 0, &done), 0);
	EQUAL(done, length);
	return file;
}

static void
check_contents(struct vnode *file, size_t length)
{
	static char all[4 * MOST];
	size_t done;

	EQUAL(attributes_of(file).va_size, length);
	EQUAL(read_at(file, all, length, 0, &done), 0);
	EQUAL(done, length);
	SAME(all, expected, length);
}

static void
test_places(struct vnode *root)
{
	off_t block, size = 5 * MOST / 2;
	struct vnode *file = file_of(root, "places", (size_t)size);
	struct buf buffer;

	block = attributes_of(file).va_blocksize;
	for (off_t at = 0; at + block <= size; at += block) {
		buffer = buffer_for(RUMP_B_READ, bytes, (size_t)block, block_at(file, at));
		memset(bytes, 'x', sizeof bytes);
		EQUAL(carry_out(file, &buffer), 0);
		EQUAL(buffer.b_resid, 0);
		EQUAL(buffer.b_bcount, block);
		SAME(bytes, expected + at, (size_t)block);
		memset(expected + at, (char)(at / block), (size_t)block);
		/* The same buffer, which knows its block of the device now. */
		memset(bytes, (char)(at / block), (size_t)block);
		buffer.b_flags = 0;
		buffer.b_oflags = 0;
		buffer.b_iodone = note_completion;
		EQUAL(carry_out(file, &buffer), 0);
		EQUAL(buffer.b_resid, 0);
	}
	/* Less than a block. */
	memset(expected + block, 'p', 512);
	memset(bytes, 'p', 512);
	EQUAL(move(file, 0, bytes, 512, block_at(file, block)), 0);
	check_contents(file, (size_t)size);
	rump_pub_vp_rele(file);
}

/* A file on a device is found there. */
static void
test_device(struct vnode *root)
{
	struct vnode *file = file_of(root, "device", MOST), *device;
	off_t size = attributes_of(file).va_blocksize;
	struct buf buffer;
	int64_t block;

	EQUAL(RUMP_VOP_BMAP(file, 1, &device, &block, NULL), 0);
	buffer = buffer_for(RUMP_B_READ, bytes, (size_t)size, 1);
	EQUAL(carry_out(file, &buffer), 0);
	EQUAL(buffer.b_blkno, block);
	memset(expected + size, 'd', (size_t)size);
	memset(bytes, 'd', (size_t)size);
	buffer = buffer_for(0, bytes, (size_t)size, 1);
	buffer.b_blkno = block;
	EQUAL(carry_out(file, &buffer), 0);
	memset(bytes, 'x', sizeof bytes);
	EQUAL(move(device, RUMP_B_READ, bytes, (size_t)size, block), 0);
	SAME(bytes, expected + size, (size_t)size);
	check_contents(file, MOST);

	/* Blocks of the device that are not that block's, and blocks that hold no data of files. */
	buffer = buffer_for(0, bytes, (size_t)size, 1);
	buffer.b_blkno = block + 1;
	EQUAL(carry_out(file, &buffer), RUMP_EINVAL);
	EQUAL(buffer.b_resid, size);
	EQUAL(move(file, RUMP_B_READ, bytes, (size_t)size, -12), RUMP_EINVAL);
	check_contents(file, MOST);
	rump_pub_vp_rele(file);
}

/* Files keep their size, and holes are filled by writing only. */
static void
test_end_and_holes(struct vnode *root)
{
	struct vnode *file = make(root, "holes", VREG);
	struct vattr *change = rump_pub_vattr_init();
	off_t block = attributes_of(file).va_blocksize, size = 3 * block + 100;
	struct buf buffer;

	fields_of(change)->va_size = (uint64_t)size;
	EQUAL(change_attributes(file, change, root_credentials), 0);
	memset(bytes, 'x', sizeof bytes);
	EQUAL(move(file, RUMP_B_READ, bytes, (size_t)block, block_at(file, block)), 0);
	ALL(bytes, 0, (size_t)block);
	memset(expected, 0, (size_t)size);
	memset(expected + block, 'h', (size_t)block);
	memset(bytes, 'h', (size_t)block);
	buffer = buffer_for(0, bytes, (size_t)block, block_at(file, block));
	if (is_ffs())
		buffer.b_blkno = -1;
	EQUAL(carry_out(file, &buffer), 0);
	if (is_ffs())
		HOLDS(buffer.b_blkno > 0);
	/* The last block is written as far as there is a file. */
	memset(expected + 3 * block, 'e', 100);
	memset(bytes, 'e', (size_t)block);
	buffer = buffer_for(0, bytes, (size_t)block, block_at(file, 3 * block));
	EQUAL(carry_out(file, &buffer), 0);
	EQUAL(buffer.b_resid, 0);
	check_contents(file, (size_t)size);
	EQUAL(move(file, RUMP_B_READ, bytes, (size_t)block, block_at(file, 3 * block)), 0);
	SAME(bytes, expected + 3 * block, 100);
	ALL(bytes + 100, 0, (size_t)block - 100);
	/* Behind it there are zeroes, and nothing can be written. */
	EQUAL(move(file, RUMP_B_READ, bytes, (size_t)block, block_at(file, 4 * block)), 0);
	ALL(bytes, 0, (size_t)block);
	buffer = buffer_for(0, bytes, (size_t)block, block_at(file, 4 * block));
	EQUAL(carry_out(file, &buffer), RUMP_EINVAL);
	EQUAL(buffer.b_resid, block);
	check_contents(file, (size_t)size);
	rump_pub_vp_rele(file);
}

static void
test_bwrite(struct vnode *root)
{
	struct vnode *file = file_of(root, "bwrite", MOST), *other = make(root, "other", VREG);
	off_t block = attributes_of(file).va_blocksize;
	struct buf buffer;
	int before;

	memset(expected + block, 'w', (size_t)block);
	memset(bytes, 'w', (size_t)block);
	/* Whatever it was for before, it is written; it had been done, and has been put off since. */
	buffer = buffer_for(RUMP_B_READ, bytes, (size_t)block, block_at(file, block));
	buffer.b_oflags = RUMP_BO_DONE | RUMP_BO_DELWRI;
	buffer.b_vp = file;
	buffer.b_iodone = NULL;
	EQUAL(RUMP_VOP_BWRITE(file, &buffer), 0);
	EQUAL(buffer.b_oflags, RUMP_BO_DONE);
	EQUAL(buffer.b_cflags, 0);
	EQUAL(buffer.b_flags, 0);
	EQUAL(buffer.b_error, 0);
	EQUAL(buffer.b_resid, 0);
	check_contents(file, MOST);

	/* Nobody waits for an asynchronous one: its error is its own. */
	buffer = buffer_for(RUMP_B_ASYNC, bytes, (size_t)block, block_at(file, 2 * MOST));
	before = completed;
	EQUAL(RUMP_VOP_BWRITE(file, &buffer), 0);
	EQUAL(completed, before + 1);
	EQUAL(buffer.b_error, RUMP_EINVAL);
	buffer.b_error = 0;
	buffer.b_iodone = NULL;
	buffer.b_cflags = RUMP_BC_BUSY | RUMP_BC_WANTED | RUMP_BC_NOCACHE;
	EQUAL(RUMP_VOP_BWRITE(file, &buffer), 0);
	EQUAL(buffer.b_cflags, RUMP_BC_INVAL | RUMP_BC_NOCACHE);

	buffer = buffer_for(0, bytes, (size_t)block, block_at(file, 2 * MOST));
	EQUAL(RUMP_VOP_BWRITE(file, &buffer), RUMP_EINVAL);
	EQUAL(buffer.b_cflags, RUMP_BC_INVAL);
	buffer = buffer_for(0, bytes, (size_t)block, 0);
	buffer.b_vp = other;
	EQUAL(RUMP_VOP_BWRITE(file, &buffer), RUMP_EINVAL);
	EQUAL(buffer.b_error, -1);
	check_contents(file, MOST);
	rump_pub_vp_rele(file);
	rump_pub_vp_rele(other);
}

/* One that is freed by whoever is told of its end. */
static void
free_buffer(struct buf *buffer)
{
	memset(buffer, 0xa5, sizeof *buffer);
	free(buffer);
	completed++;
}

static void
test_nonsense(struct vnode *root)
{
	struct vnode *file = file_of(root, "nonsense", MOST), *directory = make(root, "directory", VDIR);
	struct vnode *fifo = make(root, "fifo", VFIFO);
	size_t block = (size_t)attributes_of(file).va_blocksize;
	struct buf buffer = buffer_for(0, NULL, block, 0), *own = malloc(sizeof *own);
	const int64_t blocks[] = { -1, -2, INT64_MAX, INT64_MIN, INT64_MAX / 512, INT64_MAX / (int64_t)block, INT64_MAX >> 1 };
	int before;

	HOLDS(own != NULL);
	EQUAL(carry_out(file, &buffer), RUMP_EFAULT);
	EQUAL(buffer.b_resid, block);
	EQUAL(move(file, RUMP_B_READ, NULL, block, 0), RUMP_EFAULT);
	EQUAL(move(file, RUMP_B_READ, (void *)64, block, 0), RUMP_EFAULT);
	for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
		HOLDS(move(file, 0, bytes, block, blocks[i]) != 0);
		if (blocks[i] < 0 || blocks[i] == INT64_MAX)
			EQUAL(move(file, RUMP_B_READ, bytes, block, blocks[i]), RUMP_EINVAL);
	}
	EQUAL(move(file, 0, bytes, 0, 0), RUMP_EINVAL);
	EQUAL(move(file, 0, bytes, (size_t)-512, 0), RUMP_EINVAL);
	buffer = buffer_for(0, bytes, block, 0);
	buffer.b_bufsize = (int32_t)block - 1;
	EQUAL(carry_out(file, &buffer), RUMP_EINVAL);
	buffer = buffer_for(RUMP_B_READ, bytes, block, 0);
	buffer.b_bufsize = 0;
	EQUAL(carry_out(file, &buffer), 0);
	/* One that is complete is not begun again. */
	before = completed;
	EQUAL(RUMP_VOP_STRATEGY(file, &buffer), RUMP_EINVAL);
	EQUAL(completed, before);
	EQUAL(move(directory, RUMP_B_READ, bytes, block, 0), RUMP_EISDIR);
	EQUAL(move(fifo, RUMP_B_READ, bytes, block, 0), RUMP_EOPNOTSUPP);
	check_contents(file, MOST);

	before = completed;
	*own = buffer_for(RUMP_B_ASYNC | RUMP_B_READ, bytes, block, 0);
	own->b_iodone = free_buffer;
	EQUAL(RUMP_VOP_STRATEGY(file, own), 0);
	EQUAL(completed, before + 1);
	SAME(bytes, expected, block);
	rump_pub_vp_rele(file);
	rump_pub_vp_rele(directory);
	rump_pub_vp_rele(fifo);
}

/* What is told of the end goes on with the next block, in the same buffer. */
static void
copy_next(struct buf *buffer)
{
	struct vnode *file = buffer->b_private;
	size_t block = (size_t)buffer->b_bcount;

	EQUAL(buffer->b_error, 0);
	EQUAL(buffer->b_resid, 0);
	EQUAL(attributes_of(file).va_size, MOST);
	if (++completed == (int)(MOST / block))
		return;
	*buffer = buffer_for(RUMP_B_READ | RUMP_B_ASYNC, (char *)buffer->b_data + block, block,
	    block_at(file, (off_t)((size_t)completed * block)));
	buffer->b_private = file;
	buffer->b_iodone = copy_next;
	EQUAL(RUMP_VOP_STRATEGY(file, buffer), 0);
}

static void
test_chain(struct vnode *root)
{
	struct vnode *file = file_of(root, "chain", MOST);
	struct buf buffer = buffer_for(RUMP_B_READ | RUMP_B_ASYNC, bytes, (size_t)attributes_of(file).va_blocksize, 0);

	completed = 0;
	buffer.b_private = file;
	buffer.b_iodone = copy_next;
	EQUAL(RUMP_VOP_STRATEGY(file, &buffer), 0);
	EQUAL(completed, MOST / buffer.b_bcount);
	SAME(bytes, expected, MOST);
	rump_pub_vp_rele(file);
}

static void
test(struct vnode *root)
{
	test_chain(root);
	test_places(root);
	if (is_ffs())
		test_device(root);
	test_end_and_holes(root);
	test_bwrite(root);
	test_nonsense(root);
}
