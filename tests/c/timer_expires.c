/* A timer of timer_create sends its signal with its value when its time has come, once or at intervals; gettime counts down. */
#include "kernel_calls.h"

struct netbsd_sigevent {
	int notify, signal;
	uint64_t value, function, attributes;
};

int
main(void)
{
	struct netbsd_sigevent event = { 1, 30, 0x1234567890, 0, 0 };
	struct netbsd_siginfo information;
	struct netbsd_signals wanted = signals_of(30);
	struct timespec patience = { 10, 0 }, moment = { 0, 100000000 };
	struct netbsd_itimerspec setting = { { 0, 0 }, { 0, 20000000 } }, found;
	int timer;

	rump_boot_setsigmodel(RUMP_SIGMODEL_RECORD);
	EQUAL(rump_init(), 0);
	OK(rump_sys_timer_create(3, (void *)&event, (void *)&timer));
	OK(rump_sys_timer_settime(timer_handle(timer), 0, (void *)&setting, NULL));
	EQUAL(kernel_call(CALL_SIGTIMEDWAIT, (uintptr_t)&wanted, (uintptr_t)&information, (uintptr_t)&patience), 30);
	EQUAL(information.code, -2);
	EQUAL(information.value, 0x1234567890);
	/* Once only. */
	FAILS(kernel_call(CALL_SIGTIMEDWAIT, (uintptr_t)&wanted, 0, (uintptr_t)&moment), RUMP_EAGAIN);
	OK(rump_sys_timer_gettime(timer_handle(timer), (void *)&found));
	EQUAL(found.value.tv_sec + found.value.tv_nsec, 0);

	/* At intervals; what is not taken counts as overruns. */
	setting.interval.tv_nsec = 5000000;
	OK(rump_sys_timer_settime(timer_handle(timer), 0, (void *)&setting, NULL));
	for (int i = 0; i < 3; i++)
		EQUAL(kernel_call(CALL_SIGTIMEDWAIT, (uintptr_t)&wanted, 0, (uintptr_t)&patience), 30);
	usleep(200000);
	EQUAL(kernel_call(CALL_SIGTIMEDWAIT, (uintptr_t)&wanted, 0, (uintptr_t)&patience), 30);
	EQUAL(kernel_call(CALL_SIGTIMEDWAIT, (uintptr_t)&wanted, 0, (uintptr_t)&patience), 30);
	HOLDS(OK(rump_sys_timer_getoverrun(timer_handle(timer))) >= 3);

	/* A long one counts down, and the former setting comes back when it is set anew. */
	setting = (struct netbsd_itimerspec){ { 7, 0 }, { 100, 0 } };
	OK(rump_sys_timer_settime(timer_handle(timer), 0, (void *)&setting, NULL));
	OK(rump_sys_timer_gettime(timer_handle(timer), (void *)&found));
	HOLDS(found.value.tv_sec >= 98 && found.value.tv_sec < 100);
	EQUAL(found.interval.tv_sec, 7);
	setting.value.tv_sec = 0;
	OK(rump_sys_timer_settime(timer_handle(timer), 0, (void *)&setting, (void *)&found));
	HOLDS(found.value.tv_sec >= 98 && found.value.tv_sec < 100);
	OK(rump_sys_timer_delete(timer_handle(timer)));
	FAILS(rump_sys_timer_delete(timer_handle(timer)), RUMP_EINVAL);
	return 0;
}
