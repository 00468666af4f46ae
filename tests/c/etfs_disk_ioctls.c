/* needs: dev_disk dev vfs */
/* Host files that stand for disks answer as disks, by both kinds of nodes. */
#include "disk.h"

enum { SIZE = 1 << 20 };

static void
answers(const char *node, unsigned partition)
{
	struct disk_label label;
	unsigned sector;
	int nothing = 0;
	int disk = open_disk(node);

	EQUAL(media_size(disk), SIZE);
	OK(rump_sys_ioctl(disk, N_DIOCGSECTORSIZE, &sector));
	EQUAL(sector, SECTOR);
	OK(rump_sys_ioctl(disk, N_DIOCCACHESYNC, &nothing));
	OK(rump_sys_ioctl(disk, N_DIOCGDINFO, &label));
	EQUAL(label.magic, (uint32_t)LABEL_MAGIC);
	EQUAL(label.type, 21);
	EQUAL(strcmp(label.type_name, "rumpd"), 0);
	EQUAL(label.sector_size, SECTOR);
	EQUAL(label.sectors_per_track, SIZE / SECTOR);
	EQUAL(label.sectors, SIZE);
	EQUAL(label.partitions, partition + 1);
	EQUAL(label.partition[partition].size, SIZE / SECTOR);
	EQUAL(label.rotations, 11);
	FAILS(rump_sys_ioctl(disk, N_DIOCSDINFO, &label), RUMP_ENOTTY);
	FAILS(rump_sys_ioctl(disk, N_DIOCGDINFO, NULL), RUMP_EFAULT);
	OK(rump_sys_close(disk));
}

int
main(void)
{
	int host = open("image", O_CREAT | O_RDWR, 0666), other = open("other", O_CREAT | O_RDWR, 0666);

	HOLDS(ftruncate(host, SIZE) == 0 && ftruncate(other, SIZE) == 0);
	boot();
	EQUAL(rump_pub_etfs_register("/disk", "image", RUMP_ETFS_BLK), 0);
	EQUAL(rump_pub_etfs_register("/rdisk", "other", RUMP_ETFS_CHR), 0);
	answers("/disk", 0);
	answers("/rdisk", 1);
	return 0;
}
