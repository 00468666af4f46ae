/* needs: fs_tmpfs dev_vnd dev_disk dev vfs */
/* Configuring, unconfiguring by force, labels, wedges and transfers from many threads at once: errors, nothing else. */
#include "disk.h"

enum { SIZE = 1 << 20, SECTORS = SIZE / SECTOR, THREADS = 6 };

static void
allowed(long long result)
{
	if (result != -1)
		return;
	switch (errno) {
	case RUMP_ENXIO: case RUMP_EBUSY: case RUMP_EEXIST: case RUMP_EINVAL: case RUMP_ESRCH: case RUMP_ENOENT:
		return;
	}
	check_fail(__FILE__, __LINE__, "unexpected: %s", rump_strerror(errno));
}

static void *
work(void *argument)
{
	int seed = (int)(intptr_t)argument;
	char piece[4096];

	for (int round = 0; round < rounds(300, 30); round++) {
		struct vnd_request request = { .file = "/file", .flags = 0 };
		struct disk_label label;
		struct wedge wedge = { .device = "dk0", .kind = "ffs", .offset = seed * 100, .size = 50 };
		int raw = open_disk("/dev/rvnd0d");
		switch ((round * 7 + seed) % 6) {
		case 0:
			allowed(rump_sys_ioctl(raw, N_VNDIOCSET, &request));
			break;
		case 1:
			request.flags = round % 3 ? 0 : VND_FORCE;
			allowed(rump_sys_ioctl(raw, N_VNDIOCCLR, &request));
			break;
		case 2:
			if (rump_sys_ioctl(raw, N_DIOCGDINFO, &label) == 0)
				allowed(rump_sys_ioctl(raw, N_DIOCWDINFO, &label));
			break;
		case 3:
			snprintf((char *)wedge.name, sizeof wedge.name, "wedge %d", seed);
			allowed(rump_sys_ioctl(raw, N_DIOCAWEDGE, &wedge));
			int dk = rump_sys_open("/dev/rdk0", RUMP_O_RDWR);
			allowed(dk);
			if (dk >= 0) {
				allowed(rump_sys_pread(dk, piece, SECTOR, 0));
				OK(rump_sys_close(dk));
			}
			break;
		case 4:
			allowed(rump_sys_ioctl(raw, N_DIOCDWEDGE, &wedge));
			break;
		case 5: {
			int block = rump_sys_open("/dev/vnd0a", RUMP_O_RDWR);
			allowed(block);
			if (block >= 0) {
				allowed(rump_sys_pwrite(block, piece, sizeof piece, 8192));
				allowed(rump_sys_pread(block, piece, sizeof piece, 8192));
				OK(rump_sys_close(block));
			}
			break;
		}
		}
		OK(rump_sys_close(raw));
	}
	return NULL;
}

int
main(void)
{
	pthread_t threads[THREADS];
	struct vnd_request request = { .flags = VND_FORCE };

	boot();
	int file = OK(rump_sys_open("/file", RUMP_O_RDWR | RUMP_O_CREAT, 0644));
	OK(rump_sys_ftruncate(file, SIZE));
	OK(rump_sys_close(file));
	for (intptr_t i = 0; i < THREADS; i++)
		EQUAL(pthread_create(&threads[i], NULL, work, (void *)i), 0);
	for (int i = 0; i < THREADS; i++)
		EQUAL(pthread_join(threads[i], NULL), 0);

	/* All opens have been counted: what is left can be unconfigured and configured, without force. */
	int raw = open_disk("/dev/rvnd0d");
	(void)rump_sys_ioctl(raw, N_VNDIOCCLR, &request);
	OK(rump_sys_close(raw));
	configure_file("/dev/rvnd0d", "/file", 0);
	OK(rump_sys_close(open_disk("/dev/vnd0a")));
	unconfigure_file("/dev/rvnd0d", 0);
	FAILS(rump_sys_open("/dev/dk0", RUMP_O_RDWR), RUMP_ENOENT);
	return 0;
}
