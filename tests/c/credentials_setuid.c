/* needs: */
/* setuid(2) sets all three user identities; who has dropped the superuser cannot get it back. */
#include "check.h"

int
main(void)
{
	boot();
	struct lwp *superuser = new_process();
	new_process();
	OK(rump_sys_setuid(100));
	EQUAL(rump_sys_getuid(), 100);
	EQUAL(rump_sys_geteuid(), 100);
	FAILS(rump_sys_setuid(0), RUMP_EPERM);
	FAILS(rump_sys_seteuid(0), RUMP_EPERM);
	FAILS(rump_sys_seteuid(101), RUMP_EPERM);
	OK(rump_sys_setuid(100));
	/* Another process is as it was. */
	rump_pub_lwproc_switch(superuser);
	EQUAL(rump_sys_geteuid(), 0);
	return 0;
}
