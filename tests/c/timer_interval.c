/* setitimer sends SIGALRM, again and again until it is set to zero. */
#include "kernel_calls.h"

struct interval {
	struct { int64_t seconds; int32_t microseconds, pad; } interval, value;
};

int
main(void)
{
	struct netbsd_signals wanted = signals_of(14);
	struct timespec patience = { 10, 0 }, moment = { 0, 100000000 };
	struct interval setting = { { 0, 3000, 0 }, { 0, 20000, 0 } }, found;

	rump_boot_setsigmodel(RUMP_SIGMODEL_RECORD);
	EQUAL(rump_init(), 0);
	OK(rump_sys_getitimer(0, (void *)&found));
	EQUAL(found.value.seconds + found.value.microseconds, 0);
	OK(rump_sys_setitimer(0, (void *)&setting, NULL));
	for (int i = 0; i < 4; i++)
		EQUAL(OK(kernel_call(CALL_SIGTIMEDWAIT, (uintptr_t)&wanted, 0, (uintptr_t)&patience)), 14);
	OK(rump_sys_getitimer(0, (void *)&found));
	EQUAL(found.interval.microseconds, 3000);
	memset(&setting, 0, sizeof setting);
	OK(rump_sys_setitimer(0, (void *)&setting, (void *)&found));
	EQUAL(found.interval.microseconds, 3000);
	struct timespec none = { 0, 0 };
	(void)kernel_call(CALL_SIGTIMEDWAIT, (uintptr_t)&wanted, 0, (uintptr_t)&none);
	FAILS(kernel_call(CALL_SIGTIMEDWAIT, (uintptr_t)&wanted, 0, (uintptr_t)&moment), RUMP_EAGAIN);
	FAILS(rump_sys_setitimer(9, (void *)&setting, NULL), RUMP_EINVAL);
	setting.value.microseconds = 1000000;
	FAILS(rump_sys_setitimer(0, (void *)&setting, NULL), RUMP_EINVAL);
	return 0;
}
