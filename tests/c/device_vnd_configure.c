/* needs: fs_tmpfs dev_vnd dev_disk dev vfs */
/* Files as disks: what may be configured and by whom, geometry, read-only, forced unconfiguration. */
#include "disk.h"

enum { SIZE = 3 * 1024 * 1024 + 100 };

static int raw;

static void
refused(const char *file, int flags, int error)
{
	struct vnd_request request = { .file = file, .flags = flags };

	FAILS(rump_sys_ioctl(raw, N_VNDIOCSET, &request), error);
}

static void
who_may(void)
{
	struct vnd_request request = { .file = "/file" };
	int reader = OK(rump_sys_open("/dev/rvnd0d", RUMP_O_RDONLY));

	FAILS(rump_sys_ioctl(reader, N_VNDIOCSET, &request), RUMP_EBADF);
	FAILS(rump_sys_ioctl(reader, N_VNDIOCCLR, &request), RUMP_EBADF);
	OK(rump_sys_close(reader));
	refused("/nothing", 0, RUMP_ENOENT);
	refused("/dev", VND_READ_ONLY, RUMP_EOPNOTSUPP);
	refused("/dev", 0, RUMP_EISDIR);
	refused("/dev/null", 0, RUMP_EOPNOTSUPP);
	refused(NULL, 0, RUMP_EFAULT);
	refused("/file", 0x400, RUMP_EINVAL);
	FAILS(rump_sys_ioctl(raw, N_VNDIOCCLR, &request), RUMP_ENXIO);
	FAILS(rump_sys_ioctl(raw, N_VNDIOCSET, NULL), RUMP_EFAULT);
}

static void
geometries(void)
{
	struct vnd_request request = { .file = "/file", .flags = VND_HAS_GEOMETRY };
	struct disk_label label;
	static const struct vnd_geometry bad[] = {
		{ 512, 32, 64, 4 }, { 512, 0, 64, 1 }, { 0, 1, 1, 1 }, { 100, 1, 1, 1 }, { 256, 1, 1, 1 },
		{ 768, 1, 1, 1 }, { 1u << 31, 1, 1, 1 }, { 512, -1, -1, -1 }, { 131072, 1, 1, 1 },
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		request.geometry = bad[i];
		FAILS(rump_sys_ioctl(raw, N_VNDIOCSET, &request), RUMP_EINVAL);
	}
	request.geometry = (struct vnd_geometry) { 2048, 10, 20, 3 };
	OK(rump_sys_ioctl(raw, N_VNDIOCSET, &request));
	EQUAL(request.size, SIZE / SECTOR * SECTOR);
	EQUAL(media_size(raw), 2048 * 600);
	unsigned sector;
	OK(rump_sys_ioctl(raw, N_DIOCGSECTORSIZE, &sector));
	EQUAL(sector, 2048);
	OK(rump_sys_ioctl(raw, N_DIOCGDINFO, &label));
	EQUAL(label.sectors, 600);
	EQUAL(label.sectors_per_cylinder, 200);
	static char bytes[2048];
	FAILS(rump_sys_pread(raw, bytes, SECTOR, 0), RUMP_EINVAL);
	EQUAL(OK(rump_sys_pread(raw, bytes, 2048, 2048 * 599)), 2048);
	EQUAL(OK(rump_sys_pread(raw, bytes, 2048, 2048 * 600)), 0);
	refused("/file", 0, RUMP_EBUSY);
	unconfigure_file("/dev/rvnd0d", 0);
}

static void
users(void)
{
	struct vnd_user user = { .unit = -1 };
	struct rump_netbsd_stat status = status_of("/file");

	configure_file("/dev/rvnd0d", "/file", 0);
	OK(rump_sys_ioctl(raw, N_VNDIOCGET, &user));
	EQUAL(user.unit, 0);
	EQUAL(user.device, status.st_dev);
	EQUAL(user.number, status.st_ino);
	user.unit = 1;
	FAILS(rump_sys_ioctl(raw, N_VNDIOCGET, &user), RUMP_ENXIO);
	user.unit = -2;
	FAILS(rump_sys_ioctl(raw, N_VNDIOCGET, &user), RUMP_EINVAL);
	unconfigure_file("/dev/rvnd0d", 0);
	user.unit = 0;
	OK(rump_sys_ioctl(raw, N_VNDIOCGET, &user));
	EQUAL(user.number, 0);
}

static void
data(void)
{
	static unsigned char bytes[100000], found[100000];
	char last[SECTOR];
	int file = OK(rump_sys_open("/file", RUMP_O_RDWR));

	pseudo_random(bytes, sizeof bytes, 5);
	configure_file("/dev/rvnd0d", "/file", 0);
	int disk = open_disk("/dev/vnd0d");
	EQUAL(OK(rump_sys_pwrite(disk, bytes, sizeof bytes, 12345)), sizeof bytes);
	EQUAL(OK(rump_sys_pread(file, found, sizeof found, 12345)), sizeof found);
	SAME(found, bytes, sizeof found);
	EQUAL(OK(rump_sys_pread(disk, found, sizeof found, SIZE / SECTOR * SECTOR - 10)), 10);
	int off = 0;
	OK(rump_sys_ioctl(disk, N_DIOCCACHESYNC, &off));
	OK(rump_sys_fsync(disk));

	/* A file that has become shorter reads as zeroes. */
	OK(rump_sys_ftruncate(file, 20000));
	EQUAL(OK(rump_sys_pread(disk, found, 20000, 10000)), 20000);
	for (int i = 10000; i < 20000; i++)
		EQUAL(found[i], 0);
	EQUAL(OK(rump_sys_pwrite(disk, bytes, SECTOR, SIZE / SECTOR * SECTOR - SECTOR)), SECTOR);
	EQUAL(OK(rump_sys_pread(file, last, SECTOR, SIZE / SECTOR * SECTOR - SECTOR)), SECTOR);
	SAME(last, bytes, SECTOR);

	/* Taken away by force, it is gone for who has it open. */
	struct vnd_request request = { .flags = 0 };
	FAILS(rump_sys_ioctl(raw, N_VNDIOCCLR, &request), RUMP_EBUSY);
	unconfigure_file("/dev/rvnd0d", VND_FORCE);
	FAILS(rump_sys_pread(disk, found, SECTOR, 0), RUMP_ENXIO);
	FAILS(rump_sys_pwrite(disk, found, SECTOR, 0), RUMP_ENXIO);
	OK(rump_sys_close(disk));

	configure_file("/dev/rvnd0d", "/file", VND_READ_ONLY);
	FAILS(rump_sys_pwrite(raw, bytes, SECTOR, 0), RUMP_EROFS);
	EQUAL(OK(rump_sys_pread(raw, found, SECTOR, 0)), SECTOR);
	unconfigure_file("/dev/rvnd0d", 0);
	OK(rump_sys_close(file));
}

int
main(void)
{
	boot();
	int file = OK(rump_sys_open("/file", RUMP_O_RDWR | RUMP_O_CREAT, 0644));
	OK(rump_sys_ftruncate(file, SIZE));
	OK(rump_sys_close(file));
	raw = open_disk("/dev/rvnd0d");
	who_may();
	geometries();
	users();
	data();
	return 0;
}
