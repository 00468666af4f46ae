/* Timers that are to tell nobody, or start a thread of the program's, which is up to its library: they run, and no signal comes. */
#include "kernel_calls.h"

enum { NONE, SIGNAL, THREAD, ACTIVATION, SIGNAL_ALARM = 14, SIGNAL_USER = 30 };

int
main(void)
{
	struct netbsd_itimerspec soon = { { 0, 0 }, { 0, 20000000 } }, left;
	struct timespec moment = { 0, 5000000 };
	const int kinds[] = { NONE, THREAD, ACTIVATION };

	rump_boot_setsigmodel(RUMP_SIGMODEL_RECORD);
	EQUAL(rump_init(), 0);
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR), 0);
	for (int index = 0; index < 3; index++) {
		/* The signal is not looked at where none is sent. */
		struct { int notify, signal; uint64_t rest[3]; } event = { kinds[index], 64, { 0 } };
		int timer;

		OK(rump_sys_timer_create(0, (void *)&event, (void *)&timer));
		OK(rump_sys_timer_settime(timer_handle(timer), 0, (void *)&soon, NULL));
		OK(rump_sys_timer_gettime(timer_handle(timer), (void *)&left));
		HOLDS(left.value.tv_nsec > 0 && left.value.tv_nsec <= 20000000);
		do {
			OK(rump_sys_nanosleep(&moment, NULL));
			OK(rump_sys_timer_gettime(timer_handle(timer), (void *)&left));
		} while (left.value.tv_sec != 0 || left.value.tv_nsec != 0);
		HOLDS(!is_pending(SIGNAL_ALARM) && !is_pending(SIGNAL_USER));
		OK(rump_sys_timer_delete(timer_handle(timer)));
	}
	return 0;
}
