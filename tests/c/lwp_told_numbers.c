/* needs: */
/* rump_pub_allbetsareoff_setid changes what a process and its lwp say of themselves; calls that take a number know its own. */
#include "check.h"

enum { CALL_LWP_SELF = 311 };

extern int rump_i_know_what_i_am_doing_with_sysents;
int rump_syscall(int, void *, size_t, long *);

static int
lwp_self(void)
{
	long result[2];

	EQUAL(rump_syscall(CALL_LWP_SELF, NULL, 0, result), 0);
	return result[0];
}

int
main(void)
{
	boot();
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFCFDG), 0);
	pid_t own = rump_sys_getpid();
	rump_pub_allbetsareoff_setid(12345, 67);
	EQUAL(rump_sys_getpid(), 12345);
	EQUAL(lwp_self(), 67);

	/* Others are as they were, and so are further lwps of the process. */
	struct lwp *lwp = rump_pub_lwproc_curlwp();
	rump_pub_lwproc_switch(NULL);
	EQUAL(rump_sys_getpid(), 1);
	EQUAL(rump_pub_lwproc_newlwp(own), 0);
	EQUAL(rump_sys_getpid(), 12345);
	HOLDS(lwp_self() != 67);
	rump_pub_lwproc_switch(lwp);
	EQUAL(lwp_self(), 67);

	/* There is one kind of system calls: who asks for it has it. */
	rump_i_know_what_i_am_doing_with_sysents = 1;
	rump_pub_lwproc_sysent_usenative();
	EQUAL(rump_sys_getpid(), 12345);
	return 0;
}
