/* needs: dev_disk dev vfs */
/* Host files that stand for disks have sectors of the size that RUMP_BLKSECTSHIFT asks for; transfers may still be odd. */
#include "disk.h"

enum { SIZE = 100000 };

int
main(void)
{
	static char bytes[SIZE], found[SIZE];
	struct disk_label label;
	unsigned sector;
	int host = open("image", O_CREAT | O_RDWR, 0666);

	HOLDS(ftruncate(host, SIZE) == 0);
	setenv("RUMP_BLKSECTSHIFT", "12", 1);
	boot();
	EQUAL(rump_pub_etfs_register("/disk", "image", RUMP_ETFS_BLK), 0);
	int disk = open_disk("/disk");
	OK(rump_sys_ioctl(disk, N_DIOCGSECTORSIZE, &sector));
	EQUAL(sector, 4096);
	OK(rump_sys_ioctl(disk, N_DIOCGDINFO, &label));
	EQUAL(label.sector_size, 4096);
	EQUAL(label.partition[0].size, SIZE / 4096);
	pseudo_random(bytes, SIZE, 9);
	EQUAL(OK(rump_sys_pwrite(disk, bytes, SIZE, 0)), SIZE);
	EQUAL(OK(rump_sys_pwrite(disk, "here", 4, SIZE - 5)), 4);
	memcpy(bytes + SIZE - 5, "here", 4);
	EQUAL(OK(rump_sys_pread(disk, found, SIZE, 0)), SIZE);
	SAME(found, bytes, SIZE);
	EQUAL(pread(host, found, SIZE, 0), SIZE);
	SAME(found, bytes, SIZE);
	return 0;
}
