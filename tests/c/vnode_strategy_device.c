/* needs: vfs */
/* VOP_STRATEGY and VOP_BWRITE on block devices: sectors, the end, what is refused. */
#include "buffers.h"

enum { SIZE = 65536, SECTORS = SIZE / RUMP_DEV_BSIZE };

static char bytes[SIZE], image[SIZE];

static struct vnode *
vnode_of(const char *path)
{
	struct vnode *vnode;

	EQUAL(rump_pub_namei(RUMP_NAMEI_LOOKUP, RUMP_NAMEI_FOLLOW, path, NULL, &vnode, NULL), 0);
	return vnode;
}

static void
check_host_file(int host)
{
	static char found[SIZE + 1];

	EQUAL(pread(host, found, sizeof found, 0), SIZE);
	SAME(found, image, SIZE);
}

static void
test_sectors(struct vnode *disk, int host)
{
	struct buf buffer = buffer_for(RUMP_B_READ, bytes, 4096, 3);

	EQUAL(carry_out(disk, &buffer), 0);
	EQUAL(buffer.b_resid, 0);
	EQUAL(buffer.b_dev, attributes_of(disk).va_rdev);
	SAME(bytes, image + 3 * 512, 4096);
	memset(image + 9 * 512, 'w', 1024);
	memset(bytes, 'w', 1024);
	/* Only the physical block counts. */
	buffer = buffer_for(0, bytes, 1024, 9);
	buffer.b_lblkno = 77;
	EQUAL(carry_out(disk, &buffer), 0);
	check_host_file(host);
	memset(image, 'b', 512);
	memset(bytes, 'b', 512);
	buffer = buffer_for(RUMP_B_READ, bytes, 512, 0);
	buffer.b_vp = disk;
	EQUAL(RUMP_VOP_BWRITE(disk, &buffer), 0);
	check_host_file(host);
}

static void
test_end(struct vnode *disk, int host)
{
	struct buf buffer = buffer_for(RUMP_B_READ, bytes, 2048, SECTORS - 1);
	const int64_t wrong[] = { SECTORS + 1, -1, INT64_MAX, INT64_MIN, INT64_MAX / 512, 1LL << 55 };

	/* Cut at the end, empty there, and refused behind it. */
	memset(bytes, 'x', 2048);
	EQUAL(carry_out(disk, &buffer), 0);
	EQUAL(buffer.b_bcount, 512);
	EQUAL(buffer.b_resid, 0);
	SAME(bytes, image + SIZE - 512, 512);
	ALL(bytes + 512, 'x', 1536);
	memset(image + SIZE - 512, 'l', 512);
	memset(bytes, 'l', 1024);
	buffer = buffer_for(0, bytes, 1024, SECTORS - 1);
	EQUAL(carry_out(disk, &buffer), 0);
	EQUAL(buffer.b_bcount, 512);
	for (uint32_t flags = 0; flags <= RUMP_B_READ; flags += RUMP_B_READ) {
		buffer = buffer_for(flags, bytes, 512, SECTORS);
		EQUAL(carry_out(disk, &buffer), 0);
		EQUAL(buffer.b_resid, 512);
		for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
			buffer = buffer_for(flags, bytes, 512, wrong[i]);
			EQUAL(carry_out(disk, &buffer), RUMP_EINVAL);
			EQUAL(buffer.b_resid, 512);
		}
		EQUAL(move(disk, flags, bytes, 100, 0), RUMP_EINVAL);
		EQUAL(move(disk, flags, bytes, 0, 0), RUMP_EINVAL);
		EQUAL(move(disk, flags, NULL, 512, 0), RUMP_EFAULT);
		EQUAL(move(disk, flags, (void *)64, 512, 0), RUMP_EFAULT);
	}
	check_host_file(host);
}

static void
test_refused(void)
{
	struct vnode *fixed = vnode_of("/fixed"), *null = vnode_of("/dev/null"), *none;
	struct buf buffer = buffer_for(0, bytes, 512, 0);

	EQUAL(move(fixed, RUMP_B_READ, bytes, 512, 0), 0);
	EQUAL(carry_out(fixed, &buffer), RUMP_EROFS);
	EQUAL(buffer.b_resid, 512);
	buffer = buffer_for(0, bytes, 512, 0);
	EQUAL(RUMP_VOP_BWRITE(fixed, &buffer), RUMP_EROFS);
	EQUAL(move(null, RUMP_B_READ, bytes, 512, 0), RUMP_EOPNOTSUPP);
	OK(rump_sys_mknod("/none", S_IFBLK | 0600, 0xabc << 8));
	none = vnode_of("/none");
	EQUAL(move(none, RUMP_B_READ, bytes, 512, 0), RUMP_ENXIO);
	EQUAL(move(none, 0, bytes, 512, 0), RUMP_ENXIO);
	rump_pub_vp_rele(fixed);
	rump_pub_vp_rele(null);
	rump_pub_vp_rele(none);
}

int
main(void)
{
	struct vnode *disk;
	int host = open("image", O_CREAT | O_RDWR, 0666), fixed = open("fixed", O_CREAT | O_RDWR, 0666);

	for (int i = 0; i < SIZE; i++)
		image[i] = (char)(i * 3 + i / 512);
	EQUAL(pwrite(host, image, SIZE, 0), SIZE);
	EQUAL(pwrite(fixed, image, SIZE, 0), SIZE);
	EQUAL(fchmod(fixed, 0444), 0);
	EQUAL(chmod(".", 0755), 0);
	EQUAL(fchmod(host, 0666), 0);
	/* The superuser of the host may write to anything. */
	if (geteuid() == 0 && (setegid(65534) != 0 || seteuid(65534) != 0))
		return 1;
	boot();
	EQUAL(rump_pub_etfs_register("/disk", "image", RUMP_ETFS_BLK), 0);
	EQUAL(rump_pub_etfs_register("/fixed", "fixed", RUMP_ETFS_BLK), 0);
	new_process();
	root_credentials = rump_pub_cred_create(0, 0, 0, NULL);
	disk = vnode_of("/disk");
	for (int opened = 0; opened < 2; opened++) {
		test_sectors(disk, host);
		test_end(disk, host);
		/* Once more with the device open. */
		EQUAL(RUMP_VOP_LOCK(disk, LK_EXCLUSIVE), 0);
		if (opened == 0)
			EQUAL(RUMP_VOP_OPEN(disk, N_FREAD | N_FWRITE, root_credentials), 0);
		else
			EQUAL(RUMP_VOP_CLOSE(disk, N_FREAD | N_FWRITE, root_credentials), 0);
		EQUAL(RUMP_VOP_UNLOCK(disk), 0);
	}
	rump_pub_vp_rele(disk);
	test_refused();
	return 0;
}
