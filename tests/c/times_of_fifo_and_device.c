/* needs: fs_ffs fs_tmpfs vfs */
/* formats: rumpfs tmpfs ufs1be ufs2le */
/* Data that goes through a fifo or a device counts as access to its node, and as a modification of it. */
#include "vnode.h"

static void
set_times(const char *path)
{
	struct timespec times[2] = { { 1000, 0 }, { 1000, 0 } };

	OK(rump_sys_utimensat(N_AT_FDCWD, path, times, 0));
}

static void
through(const char *path, bool writes, bool reads)
{
	char buffer[4];
	int file = OK(rump_sys_open(path, RUMP_O_RDWR));

	set_times(path);
	EQUAL(status_of(path).st_atim.tv_sec, 1000);
	if (writes)
		EQUAL(OK(rump_sys_write(file, "data", 4)), 4);
	EQUAL(status_of(path).st_mtim.tv_sec > 1000, writes);
	EQUAL(status_of(path).st_atim.tv_sec > 1000, false);
	if (reads)
		EQUAL(OK(rump_sys_read(file, buffer, 4)), 4);
	EQUAL(status_of(path).st_atim.tv_sec > 1000, reads);
	OK(rump_sys_close(file));
}

static void
test(struct vnode *root)
{
	(void)root;
	OK(rump_sys_mkfifo("fifo", 0666));
	OK(rump_sys_mknod("zero", S_IFCHR | 0666, (dev_t)status_of("/dev/zero").st_rdev));
	through("fifo", true, true);
	through("zero", true, false);
	through("zero", false, true);
	/* They reach the image. */
	set_times("zero");
	through("zero", true, true);
	if (is_ffs()) {
		rump_sys_sync();
		HOLDS(status_of("zero").st_mtim.tv_sec > 1000);
	}
}

int
main(int count, char **arguments)
{
	on_file_system(count, arguments, test);
	return 0;
}
