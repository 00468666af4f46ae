/* needs: */
/* clock_nanosleep(2): until a time that comes, or one that is past; its errors are values, not errno. */
#include "check.h"

int
main(void)
{
	struct timespec now, until;

	boot();
	OK(rump_sys_clock_gettime(N_CLOCK_MONOTONIC, &now));
	until = now;
	until.tv_nsec += 50000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	double start = seconds_now();
	EQUAL(rump_sys_clock_nanosleep(N_CLOCK_MONOTONIC, N_TIMER_ABSTIME, &until, NULL), 0);
	HOLDS(seconds_now() - start >= 0.045);
	OK(rump_sys_clock_gettime(N_CLOCK_MONOTONIC, &now));
	HOLDS(now.tv_sec > until.tv_sec || (now.tv_sec == until.tv_sec && now.tv_nsec >= until.tv_nsec));
	start = seconds_now();
	EQUAL(rump_sys_clock_nanosleep(N_CLOCK_MONOTONIC, N_TIMER_ABSTIME, &until, NULL), 0);
	HOLDS(seconds_now() - start < 1);
	until = (struct timespec){ 0, 20000000 };
	start = seconds_now();
	EQUAL(rump_sys_clock_nanosleep(N_CLOCK_REALTIME, 0, &until, NULL), 0);
	HOLDS(seconds_now() - start >= 0.02);
	return 0;
}
