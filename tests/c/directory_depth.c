/* needs: fs_tmpfs vfs */
/* A tree 100,000 directories deep is made, climbed and removed without running out of stack. */
#include "check.h"

#define DEPTH rounds(100000, 2000)

static void *
work(void *argument)
{
	(void)argument;
	for (int i = 0; i < DEPTH; i++) {
		OK(rump_sys_mkdir("d", 0777));
		OK(rump_sys_chdir("d"));
	}
	for (int i = 0; i < DEPTH; i++) {
		OK(rump_sys_chdir(".."));
		if (i < DEPTH / 2)
			OK(rump_sys_rmdir("d"));
	}
	EQUAL(status_of(".").st_ino, status_of("/t").st_ino);
	/* The rest goes with the mount. */
	OK(rump_sys_chdir("/"));
	OK(rump_sys_unmount("/t", 0));
	return NULL;
}

int
main(void)
{
	boot_in_tmpfs();
	join_thread(start_thread(work, NULL));
	return 0;
}
