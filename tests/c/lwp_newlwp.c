/* needs: */
/* A further lwp is in the process that was asked for; ESRCH for one that is not there. */
#include "check.h"

int
main(void)
{
	boot();
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR), 0);
	pid_t process = rump_sys_getpid();
	struct lwp *first = rump_pub_lwproc_curlwp();
	EQUAL(rump_pub_lwproc_newlwp(process), 0);
	struct lwp *second = rump_pub_lwproc_curlwp();
	HOLDS(first != second);
	EQUAL(rump_sys_getpid(), process);
	EQUAL(rump_pub_lwproc_newlwp(29999), RUMP_ESRCH);
	HOLDS(rump_pub_lwproc_curlwp() == second);
	EQUAL(rump_pub_lwproc_newlwp(-1), RUMP_ESRCH);
	rump_pub_lwproc_releaselwp();
	HOLDS(rump_pub_lwproc_curlwp() == NULL);
	rump_pub_lwproc_switch(first);
	EQUAL(rump_sys_getpid(), process);
	return 0;
}
