/* A signal to a group reaches each of its processes and no other. */
#include "kernel_calls.h"

int
main(void)
{
	void *member[3];

	rump_boot_setsigmodel(RUMP_SIGMODEL_RECORD);
	EQUAL(rump_init(), 0);
	for (int i = 0; i < 3; i++) {
		EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR), 0);
		if (i == 0)
			OK(rump_sys_setpgid(0, 0));
		member[i] = rump_pub_lwproc_curlwp();
	}
	OK(rump_sys_setpgid(0, 0));
	rump_pub_lwproc_switch(member[1]);
	OK(kernel_call(CALL_KILL, 0, 15, 0));
	HOLDS(is_pending(15));
	rump_pub_lwproc_switch(member[0]);
	HOLDS(is_pending(15));
	OK(kernel_call(CALL_KILL, (uint64_t)-rump_sys_getpgrp(), 16, 0));
	HOLDS(is_pending(16));
	rump_pub_lwproc_switch(member[2]);
	HOLDS(!is_pending(15));
	FAILS(kernel_call(CALL_KILL, (uint64_t)-29999, 15, 0), RUMP_ESRCH);
	return 0;
}
