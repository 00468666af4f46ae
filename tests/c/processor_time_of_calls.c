/* needs: vfs */
/* A process that calls and calls uses processor time, one that sleeps does not; that of children goes to their parent. */
#include "processor_time.h"

int
main(void)
{
	struct timespec moment = { 0, 300000000 };
	int clock_number = 0;

	/* One virtual CPU: the clock must not keep others off it. */
	setenv("RUMP_NCPU", "1", 1);
	boot();
	struct lwp *parent = new_process();
	EQUAL(milliseconds_used(OWN_USAGE), 0);
	struct lwp *child = new_process();
	int pid = rump_sys_getpid();
	int file = OK(rump_sys_open("/file", RUMP_O_CREAT | RUMP_O_RDWR, 0600));
	double end = seconds_now() + PROCESSOR_TIME_PATIENCE;
	while (milliseconds_used(OWN_USAGE) < 100 && seconds_now() < end)
		work(file);
	long used = milliseconds_used(OWN_USAGE);
	HOLDS(used >= 100);
	HOLDS(used <= (PROCESSOR_TIME_PATIENCE + seconds_now() - end) * 1000);

	/* The same by clocks. */
	HOLDS(milliseconds_of_clock(2) >= used);
	EQUAL(milliseconds_of_clock(1), 0);
	HOLDS(milliseconds_of_clock(CLOCK_OF_PROCESS) >= used);
	HOLDS(milliseconds_of_clock(CLOCK_OF_LWP) >= used);
	OK(kernel_call(CALL_GETCPUCLOCK, 1, 0, (uintptr_t)&clock_number));
	EQUAL(clock_number, CLOCK_OF_PROCESS | pid);
	OK(kernel_call(CALL_GETCPUCLOCK, 2, 0, (uintptr_t)&clock_number));
	EQUAL(clock_number, CLOCK_OF_LWP | 1);
	HOLDS(milliseconds_of_clock(clock_number) >= used);
	FAILS(kernel_call(CALL_GETCPUCLOCK, 5, 0, (uintptr_t)&clock_number), RUMP_EINVAL);
	FAILS(kernel_call(CALL_GETCPUCLOCK, 1, 0, 8), RUMP_EFAULT);
	struct timespec time;
	FAILS(rump_sys_clock_gettime(CLOCK_OF_PROCESS | 29999, &time), RUMP_ESRCH);
	FAILS(rump_sys_clock_gettime(CLOCK_OF_LWP | 29999, &time), RUMP_ESRCH);
	FAILS(rump_sys_clock_gettime(4, &time), RUMP_EINVAL);
	OK(rump_sys_clock_getres(CLOCK_OF_PROCESS, &time));
	EQUAL(time.tv_nsec, 10000000);

	/* Asleep. */
	long before = milliseconds_used(OWN_USAGE);
	OK(rump_sys_nanosleep(&moment, NULL));
	HOLDS(milliseconds_used(OWN_USAGE) - before < 150);

	/* In the list of processes. */
	static char listed[680];
	size_t size = sizeof listed;
	uint32_t total[2], system[2];
	uint64_t waits;
	OK(rump_sys___sysctl((const int[]){ 1, 47, 1, pid, 680, 1 }, 6, listed, &size, NULL, 0));
	memcpy(total, listed + 228, sizeof total);
	memcpy(system, listed + 472, sizeof system);
	memcpy(&waits, listed + 576, sizeof waits);
	HOLDS(total[0] * 1000 + total[1] / 1000 >= (unsigned long)used);
	EQUAL(total[0], system[0]);
	EQUAL(total[1], system[1]);
	HOLDS(waits > 0);

	/* Others may not look, the parent may. */
	rump_pub_lwproc_switch(parent);
	HOLDS(milliseconds_of_clock(CLOCK_OF_PROCESS | pid) >= used);
	struct lwp *stranger = new_process_of(1000, 1000);
	FAILS(rump_sys_clock_gettime(CLOCK_OF_PROCESS | pid, &time), RUMP_EPERM);
	rump_pub_lwproc_switch(parent);
	EQUAL(milliseconds_used(USAGE_OF_CHILDREN), 0);
	rump_pub_lwproc_switch(child);
	rump_pub_lwproc_releaselwp();
	rump_pub_lwproc_switch(parent);
	HOLDS(milliseconds_used(USAGE_OF_CHILDREN) >= used);
	HOLDS(milliseconds_used(OWN_USAGE) < used);
	FAILS(rump_sys_clock_gettime(CLOCK_OF_PROCESS | pid, &time), RUMP_ESRCH);
	rump_pub_lwproc_switch(stranger);
	rump_pub_lwproc_releaselwp();
	return 0;
}
