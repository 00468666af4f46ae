/* needs: */
/* The clocks tell the host's time, and agree with one another. */
#include "check.h"

int
main(void)
{
	struct timespec host, now, again;
	struct rump_netbsd_timeval day;

	boot();
	clock_gettime(CLOCK_REALTIME, &host);
	OK(rump_sys_clock_gettime(N_CLOCK_REALTIME, &now));
	OK(rump_sys_gettimeofday((struct timeval *)&day, NULL));
	HOLDS(now.tv_sec - host.tv_sec >= -1 && now.tv_sec - host.tv_sec <= 2);
	HOLDS(day.tv_sec - now.tv_sec >= 0 && day.tv_sec - now.tv_sec <= 2);
	HOLDS(now.tv_nsec >= 0 && now.tv_nsec < 1000000000);
	HOLDS(day.tv_usec >= 0 && day.tv_usec < 1000000);
	OK(rump_sys_clock_gettime(N_CLOCK_MONOTONIC, &now));
	for (int i = 0; i < 1000; i++) {
		OK(rump_sys_clock_gettime(N_CLOCK_MONOTONIC, &again));
		HOLDS(again.tv_sec > now.tv_sec ||
		    (again.tv_sec == now.tv_sec && again.tv_nsec >= now.tv_nsec));
		now = again;
	}
	FAILS(rump_sys_clock_gettime(77, &now), RUMP_EINVAL);
	FAILS(rump_sys_clock_getres(77, &now), RUMP_EINVAL);
	OK(rump_sys_clock_getres(N_CLOCK_REALTIME, &now));
	EQUAL(now.tv_sec, 0);
	HOLDS(now.tv_nsec > 0);
	OK(rump_sys_clock_getres(N_CLOCK_MONOTONIC, NULL));
	return 0;
}
