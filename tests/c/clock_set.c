/* needs: */
/* The superuser sets the kernel's time, not the host's; others may not. */
#include "check.h"

int
main(void)
{
	struct timespec wanted = { 1000000000, 5 }, found, bad = { 5, 1000000000 };
	struct timespec before, after;

	boot();
	new_process();
	OK(rump_sys_clock_gettime(N_CLOCK_MONOTONIC, &before));
	OK(rump_sys_clock_settime(N_CLOCK_REALTIME, &wanted));
	OK(rump_sys_clock_gettime(N_CLOCK_REALTIME, &found));
	HOLDS(found.tv_sec == 1000000000 || found.tv_sec == 1000000001);
	OK(rump_sys_clock_gettime(N_CLOCK_MONOTONIC, &after));
	HOLDS(after.tv_sec - before.tv_sec <= 2);
	FAILS(rump_sys_clock_settime(N_CLOCK_REALTIME, &bad), RUMP_EINVAL);
	FAILS(rump_sys_clock_settime(N_CLOCK_MONOTONIC, &wanted), RUMP_EINVAL);
	OK(rump_sys_setuid(1));
	FAILS(rump_sys_clock_settime(N_CLOCK_REALTIME, &wanted), RUMP_EPERM);
	return 0;
}
