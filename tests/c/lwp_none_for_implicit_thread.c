/* needs: */
/* A thread that has asked for no lwp has none, and runs in process 1. */
#include "check.h"

int
main(void)
{
	boot();
	HOLDS(rump_pub_lwproc_curlwp() == NULL);
	EQUAL(rump_sys_getpid(), 1);
	EQUAL(rump_sys_getppid(), 0);
	HOLDS(rump_pub_lwproc_curlwp() == NULL);
	return 0;
}
