/* needs: */
/* An lwp goes while another of its process sleeps in a call: the process and the call go on. */
#include "check.h"

static int pair[2];
static pid_t process;

static void *
sleeper(void *argument)
{
	char byte;

	(void)argument;
	EQUAL(rump_pub_lwproc_newlwp(process), 0);
	EQUAL(OK(rump_sys_read(pair[0], &byte, 1)), 1);
	EQUAL(byte, 'z');
	rump_pub_lwproc_releaselwp();
	return NULL;
}

int
main(void)
{
	boot();
	struct lwp *keeper = new_process();
	OK(rump_sys_pipe2(pair, 0));
	struct lwp *mine = new_process();
	process = rump_sys_getpid();
	pthread_t thread = start_thread(sleeper, NULL);
	pause_milliseconds(50);
	HOLDS(rump_pub_lwproc_curlwp() == mine);
	rump_pub_lwproc_releaselwp();
	rump_pub_lwproc_switch(keeper);
	pause_milliseconds(20);
	EQUAL(OK(rump_sys_write(pair[1], "z", 1)), 1);
	join_thread(thread);
	EQUAL(rump_pub_lwproc_newlwp(process), RUMP_ESRCH);
	return 0;
}
