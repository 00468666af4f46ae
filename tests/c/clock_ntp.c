/* ntp_adjtime keeps what it is told, steers the clock by the frequency, and tells whether the clock is synchronised. */
#include "kernel_calls.h"

struct timex {
	uint32_t modes, pad;
	int64_t offset, frequency, most_error, estimated_error;
	int32_t status, pad2;
	int64_t constant, precision, tolerance, rest[8];
};

static long
ntp(struct timex *timex)
{
	return kernel_call(CALL_NTP_ADJTIME, (uintptr_t)timex, 0, 0);
}

int
main(void)
{
	struct timex timex;
	struct timespec wall, steady, wall_then, steady_then;

	EQUAL(sizeof timex, 136);
	EQUAL(rump_init(), 0);
	memset(&timex, 0, sizeof timex);
	EQUAL(ntp(&timex), 5);
	HOLDS((timex.status & 0x40) != 0);
	EQUAL(timex.tolerance, 500 << 16);
	/* Synchronised, by the fastest clock that there may be. */
	memset(&timex, 0, sizeof timex);
	timex.modes = 0x10 | 0x2 | 0x20;
	timex.status = 0x1;
	timex.frequency = 1000 << 16;
	timex.constant = 3;
	EQUAL(ntp(&timex), 0);
	EQUAL(timex.frequency, 500 << 16);
	EQUAL(timex.constant, 3);
	OK(rump_sys_clock_gettime(0, &wall_then));
	OK(rump_sys_clock_gettime(3, &steady_then));
	usleep(400000);
	OK(rump_sys_clock_gettime(0, &wall));
	OK(rump_sys_clock_gettime(3, &steady));
	double gained = (double)(wall.tv_sec - wall_then.tv_sec - steady.tv_sec + steady_then.tv_sec) +
	    (double)(wall.tv_nsec - wall_then.tv_nsec - steady.tv_nsec + steady_then.tv_nsec) / 1e9;
	HOLDS(gained > 0.0001 && gained < 0.02);
	/* Who is no superuser may look. */
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR), 0);
	OK(rump_sys_setuid(4));
	timex.modes = 2;
	FAILS(ntp(&timex), RUMP_EPERM);
	timex.modes = 0;
	EQUAL(ntp(&timex), 0);
	return 0;
}
