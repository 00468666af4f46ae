/* needs: */
/* setreuid(2) of the effective identity alone keeps or replaces the saved one as NetBSD does. */
#include "check.h"

int
main(void)
{
	boot();
	new_process();
	/* The effective one becomes other than the real one: it is saved as well. */
	OK(rump_sys_setreuid((uid_t)-1, 100));
	EQUAL(rump_sys_getuid(), 0);
	EQUAL(rump_sys_geteuid(), 100);
	OK(rump_sys_seteuid(0));
	EQUAL(rump_sys_geteuid(), 0);
	OK(rump_sys_setreuid(50, 60));
	FAILS(rump_sys_seteuid(0), RUMP_EPERM);
	OK(rump_sys_seteuid(50));
	OK(rump_sys_seteuid(60));
	return 0;
}
