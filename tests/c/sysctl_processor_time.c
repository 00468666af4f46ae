/* needs: vfs */
/* kern.cp_time counts what virtual CPUs do, once somebody has asked. */
#include "processor_time.h"
#include "sysctl.h"

#define STATES	5
#define SYSTEM	2
#define IDLE	4
#define NODE	N_CTL_KERN, 51

int
main(void)
{
	uint64_t sum[STATES], all[3 * STATES], one[STATES];
	size_t size = sizeof sum;

	setenv("RUMP_NCPU", "3", 1);
	boot();
	new_process();
	int file = OK(rump_sys_open("/file", RUMP_O_CREAT | RUMP_O_RDWR, 0600));
	EQUAL(value_of("kern.cp_time", sum, sizeof sum), sizeof sum);
	ALL(sum, 0, sizeof sum);
	double end = seconds_now() + PROCESSOR_TIME_PATIENCE;
	while ((sum[SYSTEM] < 10 || sum[IDLE] < 10) && seconds_now() < end) {
		work(file);
		EQUAL(value_of("kern.cp_time", sum, sizeof sum), sizeof sum);
	}
	HOLDS(sum[SYSTEM] >= 10 && sum[IDLE] >= 10);
	EQUAL(sum[0] + sum[1] + sum[3], 0);

	/* Each, and all in a row. */
	size = sizeof all;
	OK(rump_sys___sysctl(NAME(NODE), all, &size, NULL, 0));
	EQUAL(size, sizeof all);
	uint64_t total = 0, most = 0;
	for (int cpu = 0; cpu < 3; cpu++) {
		size = sizeof one;
		OK(rump_sys___sysctl(NAME(NODE, cpu), one, &size, NULL, 0));
		EQUAL(size, sizeof one);
		HOLDS(one[SYSTEM] >= all[cpu * STATES + SYSTEM] && one[IDLE] >= all[cpu * STATES + IDLE]);
		total += one[SYSTEM];
		if (one[SYSTEM] + one[IDLE] > most)
			most = one[SYSTEM] + one[IDLE];
	}
	HOLDS(total >= sum[SYSTEM]);
	HOLDS(most <= (seconds_now() - end + PROCESSOR_TIME_PATIENCE) * 100 + 2);
	size = 0;
	OK(rump_sys___sysctl(NAME(NODE), NULL, &size, NULL, 0));
	EQUAL(size, sizeof sum);
	size = sizeof one;
	FAILS(rump_sys___sysctl(NAME(NODE, 3), one, &size, NULL, 0), RUMP_ENOENT);
	FAILS(rump_sys___sysctl(NAME(NODE, 100000), one, &size, NULL, 0), RUMP_ENOENT);
	FAILS(rump_sys___sysctl(NAME(NODE, 0, 0), one, &size, NULL, 0), RUMP_EINVAL);
	FAILS(rump_sys___sysctl(NAME(NODE), one, &size, sum, sizeof sum), RUMP_EPERM);
	return 0;
}
