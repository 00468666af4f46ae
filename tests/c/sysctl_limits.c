/* needs: */
/* proc.PID.rlimit: the limits of the caller and of other processes. */
#include "check.h"
#include "sysctl.h"

#define CURRENT 0x7fffffff
#define SOFT 1
#define HARD 2
#define DESCRIPTORS 9

static uint64_t
limit(int process, int which)
{
	uint64_t value;
	size_t size = sizeof value;

	OK(rump_sys___sysctl(NAME(N_CTL_PROC, process, 2, DESCRIPTORS, which), &value, &size, NULL, 0));
	EQUAL(size, 8);
	return value;
}

static int
set_limit(int process, int which, uint64_t value)
{
	return rump_sys___sysctl(NAME(N_CTL_PROC, process, 2, DESCRIPTORS, which), NULL, NULL, &value, sizeof value);
}

int
main(void)
{
	struct rlimit { uint64_t current, maximum; } both;

	boot();
	struct lwp *first = new_process();
	int first_id = rump_sys_getpid();
	OK(rump_sys_getrlimit(N_RLIMIT_NOFILE, (void *)&both));
	EQUAL(limit(CURRENT, SOFT), both.current);
	EQUAL(limit(first_id, HARD), both.maximum);
	OK(set_limit(CURRENT, SOFT, 50));
	OK(rump_sys_getrlimit(N_RLIMIT_NOFILE, (void *)&both));
	EQUAL(both.current, 50);

	new_process_of(1000, 1000);
	int own = rump_sys_getpid();
	EQUAL(limit(own, SOFT), 50);
	OK(set_limit(own, HARD, 60));
	FAILS(set_limit(CURRENT, HARD, 61), RUMP_EPERM);
	OK(set_limit(CURRENT, SOFT, 20));
	FAILS(set_limit(first_id, SOFT, 30), RUMP_EPERM);

	rump_pub_lwproc_switch(first);
	EQUAL(limit(own, SOFT), 20);
	OK(set_limit(own, HARD, 100));
	OK(set_limit(own, SOFT, 100));
	EQUAL(limit(own, SOFT), 100);
	uint64_t value;
	size_t size = sizeof value;
	FAILS(rump_sys___sysctl(NAME(N_CTL_PROC, 29999, 2, DESCRIPTORS, SOFT), &value, &size, NULL, 0), RUMP_ESRCH);
	FAILS(rump_sys___sysctl(NAME(N_CTL_PROC, own, 2, 13, SOFT), &value, &size, NULL, 0), RUMP_ENOENT);
	FAILS(rump_sys___sysctl(NAME(N_CTL_PROC, own, 2, DESCRIPTORS, 3), &value, &size, NULL, 0), RUMP_ENOENT);
	return 0;
}
