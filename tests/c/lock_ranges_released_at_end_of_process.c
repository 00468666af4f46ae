/* needs: fs_tmpfs vfs */
/* The record locks of a process go as it ends, and who waits for them goes on. */
#include "check.h"

static struct lwp *waiting;

static void *
waiter(void *argument)
{
	struct rump_netbsd_flock lock = { 0, 0, 0, N_F_WRLCK, SEEK_SET };

	(void)argument;
	rump_pub_lwproc_switch(waiting);
	int file = OK(rump_sys_open("/t/f", RUMP_O_RDWR));
	OK(rump_sys_fcntl(file, N_F_SETLKW, &lock));
	rump_pub_lwproc_switch(NULL);
	return NULL;
}

int
main(void)
{
	struct rump_netbsd_flock lock = { 5, 5, 0, N_F_WRLCK, SEEK_SET };

	boot_in_tmpfs();
	make_empty("f");
	waiting = new_process();
	new_process();
	int file = OK(rump_sys_open("f", RUMP_O_RDWR));
	OK(rump_sys_fcntl(file, N_F_SETLK, &lock));
	pthread_t thread = start_thread(waiter, NULL);
	pause_milliseconds(50);
	rump_pub_lwproc_releaselwp();
	join_thread(thread);
	return 0;
}
