/* needs: fs_tmpfs vfs */
/* At RUMP_MEMLIMIT, whatever makes something new gives ENOMEM, and what is known still works. */
#include "check.h"

static int file;

static void
fill_with(int (*make)(int), const char *what)
{
	for (int made = 0;; made++) {
		if (make(made) == -1) {
			if (errno != RUMP_ENOMEM && errno != RUMP_ENOSPC)
				check_fail(__FILE__, __LINE__, "%s: %s", what, rump_strerror(errno));
			return;
		}
		HOLDS(made < 4000000);
	}
}

static int
directory(int number)
{
	char path[32];

	snprintf(path, sizeof path, "d%d", number);
	return rump_sys_mkdir(path, 0777);
}

static int
symbolic(int number)
{
	char path[32];

	snprintf(path, sizeof path, "s%d", number);
	return rump_sys_symlink("target", path);
}

static int
second_name(int number)
{
	char path[32];

	snprintf(path, sizeof path, "l%d", number);
	return rump_sys_link("file", path);
}

static int
fifo(int number)
{
	char path[32];

	snprintf(path, sizeof path, "f%d", number);
	return rump_sys_mkfifo(path, 0666);
}

static int
record_lock(int number)
{
	struct rump_netbsd_flock lock = { number * 2, 1, 0, N_F_WRLCK, SEEK_SET };
	return rump_sys_fcntl(file, N_F_SETLK, &lock);
}

static int
lwp(int number)
{
	(void)number;
	int error = rump_pub_lwproc_newlwp(1);
	if (error == 0)
		return 0;
	errno = error;
	return -1;
}

int
main(void)
{
	char buffer[4];

	setenv("RUMP_MEMLIMIT", "6m", 1);
	boot_in_tmpfs();
	make_file("file", "data", 4);
	file = OK(rump_sys_open("file", RUMP_O_RDWR));
	fill_with(directory, "mkdir");
	fill_with(symbolic, "symlink");
	fill_with(second_name, "link");
	fill_with(fifo, "mkfifo");
	fill_with(record_lock, "fcntl");
	fill_with(lwp, "newlwp");
	EQUAL(rump_sys_pread(file, buffer, sizeof buffer, 0), 4);
	OK(rump_sys_rmdir("d0"));
	OK(rump_sys_close(file));
	return 0;
}
