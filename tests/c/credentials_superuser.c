/* needs: */
/* The first process is the superuser's; a copy starts with the same identities. */
#include "check.h"

int
main(void)
{
	gid_t groups[N_NGROUPS_MAX];

	boot();
	for (int i = 0; i < 2; i++) {
		EQUAL(rump_sys_getuid(), 0);
		EQUAL(rump_sys_geteuid(), 0);
		EQUAL(rump_sys_getgid(), 0);
		EQUAL(rump_sys_getegid(), 0);
		EQUAL(OK(rump_sys_getgroups(0, NULL)), 0);
		EQUAL(OK(rump_sys_getgroups(N_NGROUPS_MAX, groups)), 0);
		new_process();
	}
	return 0;
}
