/* adjtime works an offset off at 500 microseconds a second; asking shows how much is left. */
#include "kernel_calls.h"

struct offset {
	int64_t seconds;
	int32_t microseconds, pad;
};

int
main(void)
{
	struct offset delta = { 0, 900000, 0 }, left;
	struct timespec wall, steady, wall_then, steady_then;

	EQUAL(rump_init(), 0);
	OK(rump_sys_clock_gettime(0, &wall_then));
	OK(rump_sys_clock_gettime(3, &steady_then));
	OK(rump_sys_adjtime((void *)&delta, (void *)&left));
	EQUAL(left.seconds, 0);
	EQUAL(left.microseconds, 0);
	usleep(500000);
	OK(rump_sys_clock_gettime(0, &wall));
	OK(rump_sys_clock_gettime(3, &steady));
	OK(rump_sys_adjtime(NULL, (void *)&left));
	/* In half a second a quarter of a millisecond. */
	HOLDS(left.microseconds < 899900 && left.microseconds > 880000);
	double gained = (double)(wall.tv_sec - wall_then.tv_sec - steady.tv_sec + steady_then.tv_sec) +
	    (double)(wall.tv_nsec - wall_then.tv_nsec - steady.tv_nsec + steady_then.tv_nsec) / 1e9;
	HOLDS(gained > 0.0001 && gained < 0.02);
	delta.microseconds = 0;
	OK(rump_sys_adjtime((void *)&delta, (void *)&left));
	HOLDS(left.microseconds > 0);
	OK(rump_sys_adjtime(NULL, (void *)&left));
	EQUAL(left.microseconds, 0);
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR), 0);
	OK(rump_sys_setuid(4));
	FAILS(rump_sys_adjtime(NULL, (void *)&left), RUMP_EPERM);
	return 0;
}
