/* needs: */
/* getrlimit(2) and setrlimit(2): rules for superuser and others. */
#include "check.h"

int
main(void)
{
	struct rlimit limit;

	boot();
	new_process();
	for (int which = 0; which < 12; which++) {
		OK(rump_sys_getrlimit(which, &limit));
		HOLDS(limit.rlim_cur <= limit.rlim_max);
	}
	FAILS(rump_sys_getrlimit(-1, &limit), RUMP_EINVAL);
	FAILS(rump_sys_getrlimit(12, &limit), RUMP_EINVAL);
	FAILS(rump_sys_setrlimit(12, &limit), RUMP_EINVAL);
	/* There are no more processes than that, whatever is asked for. */
	limit = (struct rlimit){ 100, INT64_MAX };
	OK(rump_sys_setrlimit(N_RLIMIT_NPROC, &limit));
	OK(rump_sys_getrlimit(N_RLIMIT_NPROC, &limit));
	EQUAL(limit.rlim_cur, 100);
	EQUAL(limit.rlim_max, 30000);
	limit = (struct rlimit){ 10, 20 };
	OK(rump_sys_setrlimit(N_RLIMIT_NOFILE, &limit));
	OK(rump_sys_getrlimit(N_RLIMIT_NPROC, &limit));
	EQUAL(limit.rlim_cur, 100);
	OK(rump_sys_setuid(1));
	limit = (struct rlimit){ 10, 21 };
	FAILS(rump_sys_setrlimit(N_RLIMIT_NOFILE, &limit), RUMP_EPERM);
	limit = (struct rlimit){ 21, 20 };
	HOLDS(rump_sys_setrlimit(N_RLIMIT_NOFILE, &limit) == -1);
	limit = (struct rlimit){ 20, 20 };
	OK(rump_sys_setrlimit(N_RLIMIT_NOFILE, &limit));
	limit = (struct rlimit){ 5, 15 };
	OK(rump_sys_setrlimit(N_RLIMIT_NOFILE, &limit));
	OK(rump_sys_getrlimit(N_RLIMIT_NOFILE, &limit));
	EQUAL(limit.rlim_cur, 5);
	EQUAL(limit.rlim_max, 15);
	return 0;
}
