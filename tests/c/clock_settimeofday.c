/* settimeofday sets the kernel's time of day to the microsecond; no time is no change. */
#include "check.h"

int
main(void)
{
	struct { int64_t seconds; int32_t microseconds, pad; } wanted = { 1500000000, 250000, 0 }, bad = { 1, 1000000, 0 };
	struct timespec now;

	boot();
	new_process();
	OK(rump_sys_settimeofday((void *)&wanted, NULL));
	OK(rump_sys_clock_gettime(0, &now));
	HOLDS(now.tv_sec == 1500000000 || now.tv_sec == 1500000001);
	HOLDS(now.tv_sec > 1500000000 || now.tv_nsec >= 250000000);
	OK(rump_sys_settimeofday(NULL, NULL));
	FAILS(rump_sys_settimeofday((void *)&bad, NULL), RUMP_EINVAL);
	OK(rump_sys_setuid(2));
	FAILS(rump_sys_settimeofday((void *)&wanted, NULL), RUMP_EPERM);
	return 0;
}
