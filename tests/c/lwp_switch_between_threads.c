/* needs: */
/* An lwp that one thread has left can be taken by another. */
#include "check.h"

static pid_t process;

static void *
taker(void *argument)
{
	HOLDS(rump_pub_lwproc_curlwp() == NULL);
	rump_pub_lwproc_switch(argument);
	HOLDS(rump_pub_lwproc_curlwp() == argument);
	EQUAL(rump_sys_getpid(), process);
	rump_pub_lwproc_switch(NULL);
	HOLDS(rump_pub_lwproc_curlwp() == NULL);
	return NULL;
}

int
main(void)
{
	boot();
	struct lwp *lwp = new_process();
	process = rump_sys_getpid();
	rump_pub_lwproc_switch(NULL);
	EQUAL(rump_sys_getpid(), 1);
	for (int i = 0; i < 20; i++)
		join_thread(start_thread(taker, lwp));
	rump_pub_lwproc_switch(lwp);
	EQUAL(rump_sys_getpid(), process);
	rump_pub_lwproc_releaselwp();
	return 0;
}
