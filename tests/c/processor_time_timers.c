/* needs: vfs */
/* ITIMER_PROF and timers of CLOCK_PROF count processor time; those of user time stand still. */
#include "processor_time.h"

#define SIGNAL_VIRTUAL	26
#define SIGNAL_PROFILE	27

struct interval {
	struct { int64_t seconds, microseconds; } interval, value;
};

static void
work_until_pending(int file, int signal)
{
	double end = seconds_now() + PROCESSOR_TIME_PATIENCE;

	while (!is_pending(signal) && seconds_now() < end)
		work(file);
	HOLDS(is_pending(signal));
}

static void
take(int signal)
{
	struct netbsd_signals wanted = signals_of(signal);
	struct timespec none = { 0, 0 };

	EQUAL(OK(kernel_call(CALL_SIGTIMEDWAIT, (uintptr_t)&wanted, 0, (uintptr_t)&none)), signal);
}

int
main(void)
{
	struct timespec moment = { 0, 200000000 };
	struct interval profile = { { 0, 20000 }, { 0, 30000 } }, user = { { 0, 0 }, { 1, 500000 } }, found;
	struct netbsd_itimerspec setting = { { 0, 0 }, { 0, 20000000 } }, left;
	int timer = -1;

	rump_boot_setsigmodel(RUMP_SIGMODEL_RECORD);
	boot();
	new_process();
	int file = OK(rump_sys_open("/file", RUMP_O_CREAT | RUMP_O_RDWR, 0600));
	OK(rump_sys_getitimer(2, (void *)&found));
	EQUAL(found.value.seconds + found.value.microseconds, 0);
	OK(rump_sys_setitimer(1, (void *)&user, NULL));
	OK(rump_sys_setitimer(2, (void *)&profile, NULL));

	/* Asleep no time is used. */
	OK(rump_sys_nanosleep(&moment, NULL));
	HOLDS(!is_pending(SIGNAL_PROFILE));
	OK(rump_sys_getitimer(2, (void *)&found));
	EQUAL(found.interval.microseconds, 20000);
	HOLDS(found.value.microseconds > 0 && found.value.microseconds <= 30000);

	/* Again and again, until it is set to zero. */
	for (int i = 0; i < 3; i++) {
		work_until_pending(file, SIGNAL_PROFILE);
		take(SIGNAL_PROFILE);
	}
	HOLDS(milliseconds_used(OWN_USAGE) >= 60);
	memset(&profile, 0, sizeof profile);
	OK(rump_sys_setitimer(2, (void *)&profile, (void *)&found));
	EQUAL(found.interval.microseconds, 20000);
	long used = milliseconds_used(OWN_USAGE);
	if (is_pending(SIGNAL_PROFILE))
		take(SIGNAL_PROFILE);
	double end = seconds_now() + PROCESSOR_TIME_PATIENCE;
	while (milliseconds_used(OWN_USAGE) < used + 50 && seconds_now() < end)
		work(file);
	HOLDS(!is_pending(SIGNAL_PROFILE));

	/* There is no user time. */
	OK(rump_sys_getitimer(1, (void *)&found));
	EQUAL(found.value.seconds, 1);
	EQUAL(found.value.microseconds, 500000);
	HOLDS(!is_pending(SIGNAL_VIRTUAL));

	/* By number; once. */
	OK(rump_sys_timer_create(2, NULL, (void *)&timer));
	OK(rump_sys_timer_settime(timer_handle(timer), 0, (void *)&setting, NULL));
	work_until_pending(file, SIGNAL_PROFILE);
	take(SIGNAL_PROFILE);
	OK(rump_sys_timer_gettime(timer_handle(timer), (void *)&left));
	EQUAL(left.value.tv_sec + left.value.tv_nsec, 0);
	OK(rump_sys_timer_delete(timer_handle(timer)));
	return 0;
}
