/* needs: fs_tmpfs dev_vnd dev_disk dev vfs */
/* Wedges made by hand: where they may be, what they say of themselves, transfers, and when they go. */
#include "disk.h"

enum { SIZE = 1 << 20, SECTORS = SIZE / SECTOR };

static int raw;

static struct wedge
wanted(const char *name, int64_t offset, uint64_t size)
{
	struct wedge wedge = { .offset = offset, .size = size, .kind = "ffs" };

	strcpy((char *)wedge.name, name);
	return wedge;
}

static void
refused(struct wedge wedge, int error)
{
	FAILS(rump_sys_ioctl(raw, N_DIOCAWEDGE, &wedge), error);
}

static void
use(void)
{
	static unsigned char bytes[SECTOR * 8], found[SECTOR * 8];
	struct wedge wedge;
	struct disk_label label;
	int flag = 0;
	unsigned sector;

	EQUAL(status_of("/dev/dk0").st_rdev, 168 << 8);
	EQUAL(status_of("/dev/dk0").st_mode & S_IFMT, S_IFBLK);
	EQUAL(status_of("/dev/rdk1").st_mode & S_IFMT, S_IFCHR);
	int dk = open_disk("/dev/rdk1");
	EQUAL(media_size(dk), 200 * SECTOR);
	OK(rump_sys_ioctl(dk, N_DIOCGSECTORSIZE, &sector));
	EQUAL(sector, SECTOR);
	OK(rump_sys_ioctl(dk, N_DIOCCACHESYNC, &flag));
	OK(rump_sys_ioctl(dk, N_DIOCGWEDGEINFO, &wedge));
	EQUAL(strcmp(wedge.device, "dk1"), 0);
	EQUAL(strcmp((char *)wedge.name, "second"), 0);
	EQUAL(strcmp(wedge.parent, "vnd0"), 0);
	EQUAL(wedge.offset, 200);
	EQUAL(wedge.size, 200);
	EQUAL(strcmp(wedge.kind, "ffs"), 0);
	FAILS(rump_sys_ioctl(dk, N_DIOCGDINFO, &label), RUMP_ENOTTY);
	FAILS(rump_sys_ioctl(raw, N_DIOCGWEDGEINFO, &wedge), RUMP_ENOTTY);
	pseudo_random(bytes, sizeof bytes, 4);
	EQUAL(OK(rump_sys_pwrite(dk, bytes, sizeof bytes, 192 * SECTOR)), sizeof bytes);
	FAILS(rump_sys_pwrite(dk, bytes, SECTOR, 200 * SECTOR), RUMP_ENOSPC);
	FAILS(rump_sys_pread(dk, found, 100, 0), RUMP_EINVAL);
	EQUAL(OK(rump_sys_pread(raw, found, sizeof found, 392 * SECTOR)), sizeof found);
	SAME(found, bytes, sizeof bytes);
	int block = open_disk("/dev/dk1");
	EQUAL(OK(rump_sys_pread(block, found, 1000, 192 * SECTOR + 7)), 1000);
	SAME(found, bytes + 7, 1000);
	EQUAL(OK(rump_sys_lseek(block, 0, SEEK_END)), 200 * SECTOR);

	/* While it is open it stays, and while it is there the disk's own partitions are out of reach. */
	FAILS(rump_sys_ioctl(raw, N_DIOCDWEDGE, &wedge), RUMP_EBUSY);
	FAILS(rump_sys_open("/dev/vnd0a", RUMP_O_RDWR), RUMP_EBUSY);
	struct vnd_request request = { .flags = 0 };
	FAILS(rump_sys_ioctl(raw, N_VNDIOCCLR, &request), RUMP_EBUSY);
	OK(rump_sys_close(block));
	FAILS(rump_sys_ioctl(raw, N_DIOCDWEDGE, &wedge), RUMP_EBUSY);
	OK(rump_sys_close(dk));
	OK(rump_sys_ioctl(raw, N_DIOCDWEDGE, &wedge));
	FAILS(rump_sys_ioctl(raw, N_DIOCDWEDGE, &wedge), RUMP_ESRCH);
	FAILS(rump_sys_open("/dev/dk1", RUMP_O_RDWR), RUMP_ENOENT);
}

int
main(void)
{
	struct wedge wedge, list_of_one[1];
	struct wedge_list list = { .buffer = list_of_one, .buffer_size = sizeof list_of_one + 10 };
	unsigned char sector[SECTOR] = { 0 };

	boot();
	int file = OK(rump_sys_open("/file", RUMP_O_RDWR | RUMP_O_CREAT, 0644));
	OK(rump_sys_ftruncate(file, SIZE));
	OK(rump_sys_close(file));
	raw = open_disk("/dev/rvnd0d");
	refused(wanted("early", 0, 10), RUMP_ENXIO);
	FAILS(rump_sys_ioctl(raw, N_DIOCLWEDGES, &list), RUMP_ENXIO);
	configure_file("/dev/rvnd0d", "/file", 0);

	refused(wanted("x", -1, 10), RUMP_EINVAL);
	refused(wanted("x", 0, 0), RUMP_EINVAL);
	refused(wanted("x", 0, SECTORS + 1), RUMP_EINVAL);
	refused(wanted("x", SECTORS, 1), RUMP_EINVAL);
	refused(wanted("x", INT64_MAX, UINT64_MAX), RUMP_EINVAL);
	int a = open_disk("/dev/vnd0a");
	refused(wanted("x", 0, 10), RUMP_EBUSY);
	OK(rump_sys_close(a));
	wedge = wanted("first", 0, 100);
	OK(rump_sys_ioctl(raw, N_DIOCAWEDGE, &wedge));
	EQUAL(strcmp(wedge.device, "dk0"), 0);
	EQUAL(strcmp(wedge.parent, "vnd0"), 0);
	refused(wanted("first", 0, 100), RUMP_EEXIST);
	refused(wanted("other", 0, 100), RUMP_EINVAL);
	refused(wanted("other", 99, 100), RUMP_EINVAL);
	refused(wanted("first", 300, 100), RUMP_EEXIST);
	wedge = wanted("second", 200, 200);
	OK(rump_sys_ioctl(raw, N_DIOCAWEDGE, &wedge));
	EQUAL(strcmp(wedge.device, "dk1"), 0);
	refused(wanted("around", 150, 300), RUMP_EINVAL);
	OK(rump_sys_ioctl(raw, N_DIOCLWEDGES, &list));
	EQUAL(list.count, 2);
	EQUAL(list.copied, 1);
	int reader = OK(rump_sys_open("/dev/rvnd0d", RUMP_O_RDONLY));
	FAILS(rump_sys_ioctl(reader, N_DIOCAWEDGE, &wedge), RUMP_EBADF);
	FAILS(rump_sys_ioctl(reader, N_DIOCDWEDGE, &wedge), RUMP_EBADF);
	OK(rump_sys_close(reader));
	use();

	/* They go with their disk, also for who has them open. */
	int dk = open_disk("/dev/dk0");
	unconfigure_file("/dev/rvnd0d", VND_FORCE);
	FAILS(rump_sys_pread(dk, sector, SECTOR, 0), RUMP_ENXIO);
	OK(rump_sys_close(dk));
	FAILS(rump_sys_open("/dev/dk0", RUMP_O_RDWR), RUMP_ENOENT);
	OK(rump_sys_close(raw));
	configure_file("/dev/rvnd0d", "/file", 0);
	OK(rump_sys_close(open_disk("/dev/vnd0a")));
	unconfigure_file("/dev/rvnd0d", 0);
	return 0;
}
