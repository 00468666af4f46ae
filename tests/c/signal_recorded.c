/* A recorded signal is pending until it is taken, which tells who sent it. */
#include "kernel_calls.h"

int
main(void)
{
	struct netbsd_siginfo information;
	struct timespec none = { 0, 0 };

	rump_boot_setsigmodel(RUMP_SIGMODEL_RECORD);
	EQUAL(rump_init(), 0);
	struct netbsd_signals wanted = signals_of(30);
	FAILS(kernel_call(CALL_SIGTIMEDWAIT, (uintptr_t)&wanted, 0, (uintptr_t)&none), RUMP_EAGAIN);
	OK(kernel_call(CALL_KILL, (uint64_t)rump_sys_getpid(), 30, 0));
	OK(kernel_call(CALL_KILL, (uint64_t)rump_sys_getpid(), 31, 0));
	HOLDS(is_pending(30));
	HOLDS(is_pending(31));
	EQUAL(kernel_call(CALL_SIGTIMEDWAIT, (uintptr_t)&wanted, (uintptr_t)&information, 0), 30);
	EQUAL(information.signo, 30);
	EQUAL(information.code, 0);
	EQUAL(information.pid, rump_sys_getpid());
	HOLDS(!is_pending(30));
	HOLDS(is_pending(31));
	return 0;
}
