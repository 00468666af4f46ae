/* sigqueueinfo sends a value along; a program cannot pretend to be the kernel. */
#include "kernel_calls.h"

int
main(void)
{
	struct netbsd_siginfo sent = { .signo = 30, .code = -1, .value = 4711 }, found;
	struct netbsd_signals wanted = signals_of(30);

	rump_boot_setsigmodel(RUMP_SIGMODEL_RECORD);
	EQUAL(rump_init(), 0);
	OK(kernel_call(245, (uint64_t)rump_sys_getpid(), (uintptr_t)&sent, 0));
	EQUAL(OK(kernel_call(CALL_SIGTIMEDWAIT, (uintptr_t)&wanted, (uintptr_t)&found, 0)), 30);
	EQUAL(found.value, 4711);
	EQUAL(found.code, -1);
	EQUAL(found.pid, rump_sys_getpid());
	sent.code = 3;
	FAILS(kernel_call(245, (uint64_t)rump_sys_getpid(), (uintptr_t)&sent, 0), RUMP_EPERM);
	sent = (struct netbsd_siginfo){ .signo = 99, .code = -1 };
	FAILS(kernel_call(245, (uint64_t)rump_sys_getpid(), (uintptr_t)&sent, 0), RUMP_EINVAL);
	return 0;
}
