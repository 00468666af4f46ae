/* needs: fs_tmpfs vfs */
/* As many virtual CPUs as the host has, and more threads than that. */
#include "check.h"

static void *
worker(void *argument)
{
	char path[32];

	snprintf(path, sizeof path, "/t/d%ld", (long)argument);
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR), 0);
	OK(rump_sys_mkdir(path, 0777));
	OK(rump_sys_chdir(path));
	for (int round = 0; round < rounds(200, 8); round++) {
		make_file("f", path, strlen(path));
		OK(rump_sys_rename("f", "g"));
		OK(rump_sys_unlink("g"));
	}
	rump_pub_lwproc_releaselwp();
	OK(rump_sys_rmdir(path));
	return NULL;
}

int
main(void)
{
	pthread_t threads[16];

	setenv("RUMP_NCPU", "host", 1);
	boot_in_tmpfs();
	for (long i = 0; i < 16; i++)
		threads[i] = start_thread(worker, (void *)i);
	for (int i = 0; i < 16; i++)
		join_thread(threads[i]);
	return 0;
}
