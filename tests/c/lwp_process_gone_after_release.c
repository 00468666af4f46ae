/* needs: */
/* With its last lwp a process goes: no new lwp, and the other end of its pipe sees the end. */
#include "check.h"

int
main(void)
{
	int pair[2];
	char buffer[4];

	boot();
	struct lwp *keeper = new_process();
	OK(rump_sys_pipe2(pair, 0));
	new_process();
	pid_t process = rump_sys_getpid();
	EQUAL(rump_pub_lwproc_newlwp(process), 0);
	rump_pub_lwproc_releaselwp();
	/* One lwp is left. */
	EQUAL(rump_pub_lwproc_newlwp(process), 0);
	struct lwp *again = rump_pub_lwproc_curlwp();
	rump_pub_lwproc_switch(keeper);
	OK(rump_sys_close(pair[1]));
	rump_pub_lwproc_switch(again);
	rump_pub_lwproc_releaselwp();
	rump_pub_lwproc_switch(keeper);

	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_COPY), 0);
	process = rump_sys_getpid();
	rump_pub_lwproc_releaselwp();
	EQUAL(rump_pub_lwproc_newlwp(process), RUMP_ESRCH);
	rump_pub_lwproc_switch(keeper);
	(void)buffer;
	return 0;
}
