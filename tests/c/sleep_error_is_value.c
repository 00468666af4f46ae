/* needs: */
/* clock_nanosleep(2) returns its error as its value and leaves errno alone. */
#include "check.h"

int
main(void)
{
	struct timespec bad = { 0, 1000000000 };

	boot();
	errno = 0;
	EQUAL(rump_sys_clock_nanosleep(N_CLOCK_REALTIME, 0, &bad, NULL), RUMP_EINVAL);
	EQUAL(rump_sys_clock_nanosleep(77, 0, &bad, NULL), RUMP_EINVAL);
	EQUAL(errno, 0);
	return 0;
}
