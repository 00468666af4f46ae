/* needs: */
/* nanosleep(2) never returns early, and soon afterwards. */
#include "check.h"

int
main(void)
{
	static const long durations[] = { 0, 1, 1000, 3000000, 20000000, 110000000 };
	struct timespec left = { 9, 9 };

	boot();
	for (size_t i = 0; i < sizeof durations / sizeof durations[0]; i++) {
		struct timespec wanted = { 0, durations[i] };
		double start = seconds_now();
		OK(rump_sys_nanosleep(&wanted, NULL));
		double took = seconds_now() - start;
		HOLDS(took >= (double)durations[i] / 1e9);
		HOLDS(took < (double)durations[i] / 1e9 + 2);
	}
	struct timespec bad = { 0, 1000000000 };
	FAILS(rump_sys_nanosleep(&bad, &left), RUMP_EINVAL);
	bad = (struct timespec){ -1, 0 };
	FAILS(rump_sys_nanosleep(&bad, &left), RUMP_EINVAL);
	bad = (struct timespec){ 0, -1 };
	FAILS(rump_sys_nanosleep(&bad, &left), RUMP_EINVAL);
	FAILS(rump_sys_nanosleep(NULL, NULL), RUMP_EFAULT);
	return 0;
}
