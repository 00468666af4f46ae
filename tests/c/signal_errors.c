/* kill refuses what is no signal, no process, and what is not the sender's to signal. */
#include "kernel_calls.h"

int
main(void)
{
	rump_boot_setsigmodel(RUMP_SIGMODEL_RECORD);
	EQUAL(rump_init(), 0);
	FAILS(kernel_call(CALL_KILL, 1, 64, 0), RUMP_EINVAL);
	FAILS(kernel_call(CALL_KILL, 1, (uint64_t)-1, 0), RUMP_EINVAL);
	FAILS(kernel_call(CALL_KILL, 29999, 15, 0), RUMP_ESRCH);
	FAILS(kernel_call(CALL_KILL, (uint64_t)INT32_MIN, 15, 0), RUMP_ESRCH);
	OK(kernel_call(CALL_KILL, 1, 0, 0));
	HOLDS(!is_pending(15));
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR), 0);
	OK(rump_sys_setuid(5));
	FAILS(kernel_call(CALL_KILL, 1, 15, 0), RUMP_EPERM);
	OK(kernel_call(CALL_KILL, (uint64_t)rump_sys_getpid(), 15, 0));
	HOLDS(is_pending(15));
	return 0;
}
