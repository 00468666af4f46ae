/* needs: */
/* A forked process has a number of its own, and its maker as parent. */
#include "check.h"

int
main(void)
{
	boot();
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR), 0);
	pid_t first = rump_sys_getpid();
	HOLDS(first > 1);
	EQUAL(rump_sys_getppid(), 1);
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR), 0);
	HOLDS(rump_sys_getpid() != first);
	EQUAL(rump_sys_getppid(), first);
	return 0;
}
