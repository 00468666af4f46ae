/* Process groups and sessions: who may move where. */
#include "kernel_calls.h"

int
main(void)
{
	EQUAL(rump_init(), 0);
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR), 0);
	pid_t leader = rump_sys_getpid();
	void *leader_lwp = rump_pub_lwproc_curlwp();

	FAILS(rump_sys_setpgid(0, -1), RUMP_EINVAL);
	FAILS(rump_sys_setpgid(0, 29999), RUMP_EPERM);
	FAILS(rump_sys_setpgid(1, 1), RUMP_ESRCH);
	EQUAL(rump_sys_setsid(), leader);
	EQUAL(rump_sys_getsid(0), leader);
	EQUAL(rump_sys_getpgrp(), leader);
	FAILS(rump_sys_setsid(), RUMP_EPERM);
	FAILS(rump_sys_setpgid(0, 1), RUMP_EPERM);
	OK(rump_sys_setpgid(0, 0));

	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR), 0);
	pid_t child = rump_sys_getpid();
	EQUAL(rump_sys_getpgrp(), leader);
	EQUAL(rump_sys_getsid(0), leader);
	void *child_lwp = rump_pub_lwproc_curlwp();
	rump_pub_lwproc_switch(leader_lwp);
	OK(rump_sys_setpgid(child, child));
	EQUAL(rump_sys_getpgid(child), child);
	OK(rump_sys_setpgid(child, leader));
	EQUAL(rump_sys_getpgid(child), leader);
	FAILS(rump_sys_getpgid(29999), RUMP_ESRCH);
	FAILS(rump_sys_getsid(29999), RUMP_ESRCH);
	rump_pub_lwproc_switch(child_lwp);
	EQUAL(rump_sys_setsid(), child);
	EQUAL(rump_sys_getsid(leader), leader);
	return 0;
}
