/* needs: fs_tmpfs vfs */
/* Two processes that would wait for one another: the second is told EDEADLK. */
#include "check.h"

static struct lwp *processes[2];
static int file;

static int
wait_for(int64_t start)
{
	struct rump_netbsd_flock lock = { start, 1, 0, N_F_WRLCK, SEEK_SET };

	return rump_sys_fcntl(file, N_F_SETLKW, &lock);
}

static void *
first(void *argument)
{
	(void)argument;
	rump_pub_lwproc_switch(processes[0]);
	OK(wait_for(1));
	rump_pub_lwproc_switch(NULL);
	return NULL;
}

int
main(void)
{
	boot_in_tmpfs();
	file = OK(rump_sys_open("f", RUMP_O_CREAT | RUMP_O_RDWR, 0666));
	processes[0] = new_process();
	OK(wait_for(0));
	processes[1] = new_process();
	OK(wait_for(1));
	pthread_t thread = start_thread(first, NULL);
	pause_milliseconds(100);
	FAILS(wait_for(0), RUMP_EDEADLK);
	struct rump_netbsd_flock all = { 0, 0, 0, N_F_UNLCK, SEEK_SET };
	OK(rump_sys_fcntl(file, N_F_SETLK, &all));
	join_thread(thread);
	return 0;
}
