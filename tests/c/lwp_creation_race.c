/* needs: */
/* Threads that make processes and lwps at once each get their own. */
#include "check.h"

enum { THREADS = 8 };

static pid_t shared;

static void *
maker(void *argument)
{
	(void)argument;
	for (int i = 0; i < rounds(300, 20); i++) {
		EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR), 0);
		pid_t mine = rump_sys_getpid();
		struct lwp *first = rump_pub_lwproc_curlwp();
		EQUAL(rump_pub_lwproc_newlwp(shared), 0);
		EQUAL(rump_sys_getpid(), shared);
		rump_pub_lwproc_releaselwp();
		rump_pub_lwproc_switch(first);
		EQUAL(rump_sys_getpid(), mine);
		rump_pub_lwproc_releaselwp();
		EQUAL(rump_pub_lwproc_newlwp(mine) == 0 && rump_sys_getpid() != mine, 0);
		if (rump_pub_lwproc_curlwp() != NULL)
			rump_pub_lwproc_releaselwp();
	}
	return NULL;
}

int
main(void)
{
	pthread_t threads[THREADS];

	boot();
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR), 0);
	shared = rump_sys_getpid();
	for (int i = 0; i < THREADS; i++)
		threads[i] = start_thread(maker, NULL);
	for (int i = 0; i < THREADS; i++)
		join_thread(threads[i]);
	EQUAL(rump_sys_getpid(), shared);
	return 0;
}
