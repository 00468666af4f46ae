/* A timer can be set to a time of its clock; one that has passed expires at once. */
#include "kernel_calls.h"

int
main(void)
{
	struct netbsd_signals wanted = signals_of(14);
	struct timespec patience = { 10, 0 };
	struct netbsd_itimerspec setting = { { 0, 0 }, { 0, 0 } };

	rump_boot_setsigmodel(RUMP_SIGMODEL_RECORD);
	EQUAL(rump_init(), 0);
	for (int clock = 0; clock <= 3; clock += 3) {
		int timer;

		OK(rump_sys_timer_create(clock, NULL, (void *)&timer));
		OK(rump_sys_clock_gettime(clock, &setting.value));
		setting.value.tv_sec -= 1;
		OK(rump_sys_timer_settime(timer_handle(timer), 1, (void *)&setting, NULL));
		EQUAL(kernel_call(CALL_SIGTIMEDWAIT, (uintptr_t)&wanted, 0, (uintptr_t)&patience), 14);
		OK(rump_sys_clock_gettime(clock, &setting.value));
		setting.value.tv_nsec += 30000000;
		if (setting.value.tv_nsec >= 1000000000) {
			setting.value.tv_nsec -= 1000000000;
			setting.value.tv_sec++;
		}
		OK(rump_sys_timer_settime(timer_handle(timer), 1, (void *)&setting, NULL));
		EQUAL(kernel_call(CALL_SIGTIMEDWAIT, (uintptr_t)&wanted, 0, (uintptr_t)&patience), 14);
		struct timespec now;
		OK(rump_sys_clock_gettime(clock, &now));
		HOLDS(now.tv_sec > setting.value.tv_sec ||
		    (now.tv_sec == setting.value.tv_sec && now.tv_nsec >= setting.value.tv_nsec));
		OK(rump_sys_timer_delete(timer_handle(timer)));
	}
	return 0;
}
