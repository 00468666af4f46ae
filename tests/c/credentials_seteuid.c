/* needs: */
/* seteuid(2) is for a while: the saved identity leads back. */
#include "check.h"

int
main(void)
{
	boot();
	new_process();
	OK(rump_sys_seteuid(100));
	EQUAL(rump_sys_getuid(), 0);
	EQUAL(rump_sys_geteuid(), 100);
	FAILS(rump_sys_seteuid(101), RUMP_EPERM);
	FAILS(rump_sys_setuid(101), RUMP_EPERM);
	FAILS(rump_sys_setgid(7), RUMP_EPERM);
	FAILS(rump_sys_setgroups(0, NULL), RUMP_EPERM);
	OK(rump_sys_seteuid(0));
	EQUAL(rump_sys_geteuid(), 0);
	OK(rump_sys_setegid(8));
	EQUAL(rump_sys_getegid(), 8);
	EQUAL(rump_sys_getgid(), 0);
	OK(rump_sys_setegid(0));
	return 0;
}
