/* needs: */
/* getgroups(2) and setgroups(2): counts, limits, order kept. */
#include "check.h"

int
main(void)
{
	gid_t groups[N_NGROUPS_MAX + 1], found[N_NGROUPS_MAX + 1];

	boot();
	new_process();
	for (unsigned i = 0; i <= N_NGROUPS_MAX; i++)
		groups[i] = 100 + i;
	OK(rump_sys_setgroups(N_NGROUPS_MAX, groups));
	EQUAL(OK(rump_sys_getgroups(0, NULL)), N_NGROUPS_MAX);
	EQUAL(OK(rump_sys_getgroups(N_NGROUPS_MAX, found)), N_NGROUPS_MAX);
	SAME(found, groups, sizeof(gid_t) * N_NGROUPS_MAX);
	FAILS(rump_sys_getgroups(N_NGROUPS_MAX - 1, found), RUMP_EINVAL);
	FAILS(rump_sys_getgroups(-1, found), RUMP_EINVAL);
	FAILS(rump_sys_setgroups(N_NGROUPS_MAX + 1, groups), RUMP_EINVAL);
	FAILS(rump_sys_setgroups(-1, groups), RUMP_EINVAL);
	EQUAL(OK(rump_sys_getgroups(0, NULL)), N_NGROUPS_MAX);
	OK(rump_sys_setgroups(0, NULL));
	EQUAL(OK(rump_sys_getgroups(0, NULL)), 0);
	return 0;
}
