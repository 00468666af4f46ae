/* needs: dev_md dev_disk dev vfs */
/* Memory disks: nodes, configuring once and by the raw partition alone, transfers to their ends, other units. */
#include "disk.h"

int
main(void)
{
	static unsigned char bytes[8192], found[8192];
	struct memory_disk request = { .size = 1 << 20, .kind = MEMORY_OF_KERNEL };
	struct rump_netbsd_stat status;
	struct disk_label label;

	boot();
	for (int partition = 0; partition < 7; partition++) {
		char block[] = "/dev/md0a", raw[] = "/dev/rmd0a";
		block[8] += (char)partition;
		raw[9] += (char)partition;
		status = status_of(block);
		EQUAL(status.st_mode, S_IFBLK | 0644);
		EQUAL(status.st_rdev, 17 << 8 | partition);
		status = status_of(raw);
		EQUAL(status.st_mode, S_IFCHR | 0644);
		EQUAL(status.st_rdev, 24 << 8 | partition);
	}
	FAILS(rump_sys_open("/dev/rmd0a", RUMP_O_RDWR), RUMP_ENXIO);
	int raw = open_disk("/dev/rmd0d");
	FAILS(rump_sys_pread(raw, bytes, SECTOR, 0), RUMP_ENXIO);
	OK(rump_sys_ioctl(raw, N_MD_GETCONF, &request));
	EQUAL(request.kind, 0);
	request = (struct memory_disk) { .size = 1 << 20, .kind = 7 };
	FAILS(rump_sys_ioctl(raw, N_MD_SETCONF, &request), RUMP_EINVAL);
	request = (struct memory_disk) { .size = 100, .kind = MEMORY_OF_KERNEL };
	FAILS(rump_sys_ioctl(raw, N_MD_SETCONF, &request), RUMP_EINVAL);
	request = (struct memory_disk) { .size = SIZE_MAX, .kind = MEMORY_OF_KERNEL };
	FAILS(rump_sys_ioctl(raw, N_MD_SETCONF, &request), RUMP_ENOMEM);
	FAILS(rump_sys_ioctl(raw, N_MD_SETCONF, NULL), RUMP_EFAULT);
	request = (struct memory_disk) { .size = 1 << 20, .kind = MEMORY_OF_KERNEL };
	OK(rump_sys_ioctl(raw, N_MD_SETCONF, &request));
	FAILS(rump_sys_ioctl(raw, N_MD_SETCONF, &request), RUMP_EINVAL);
	EQUAL(media_size(raw), 1 << 20);
	OK(rump_sys_ioctl(raw, N_DIOCGDINFO, &label));
	EQUAL(label.magic, (uint32_t)LABEL_MAGIC);
	EQUAL(label.sectors, 2048);
	EQUAL(label.partition[0].size, 2048);
	FAILS(rump_sys_ioctl(raw, N_DIOCWDINFO, &label), RUMP_EINVAL);
	FAILS(rump_sys_ioctl(raw, _RUMP_IO('d', 99), NULL), RUMP_ENOTTY);

	/* It keeps its memory with nobody having it open. */
	pseudo_random(bytes, sizeof bytes, 1);
	EQUAL(OK(rump_sys_pwrite(raw, bytes, sizeof bytes, 65536 - 4096)), sizeof bytes);
	OK(rump_sys_close(raw));
	int block = open_disk("/dev/md0a");
	EQUAL(OK(rump_sys_pread(block, found, 1000, 65536 - 3999)), 1000);
	SAME(found, bytes + 97, 1000);
	EQUAL(OK(rump_sys_pread(block, found, sizeof found, (1 << 20) - 4096)), 4096);
	EQUAL(OK(rump_sys_pread(block, found, sizeof found, 1 << 20)), 0);
	FAILS(rump_sys_pwrite(block, found, SECTOR, 1 << 20), RUMP_ENOSPC);
	request.kind = 0;
	FAILS(rump_sys_ioctl(block, N_MD_GETCONF, &request), RUMP_ENOTTY);
	raw = open_disk("/dev/rmd0b");
	FAILS(rump_sys_pread(raw, found, 100, 0), RUMP_EINVAL);
	FAILS(rump_sys_pread(raw, found, SECTOR, 100), RUMP_EINVAL);

	/* Another unit knows nothing of this one. */
	OK(rump_sys_mknod("/dev/rmd5d", S_IFCHR | 0600, 24 << 8 | (5 * 8 + 3)));
	configure_memory("/dev/rmd5d", 4096);
	raw = open_disk("/dev/rmd5d");
	EQUAL(media_size(raw), 4096);
	EQUAL(OK(rump_sys_read(raw, found, sizeof found)), 4096);
	for (int i = 0; i < 4096; i++)
		EQUAL(found[i], 0);
	return 0;
}
