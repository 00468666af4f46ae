/* needs: */
/* setreuid(2): -1 leaves one as it is; real and effective identity can change places. */
#include "check.h"

int
main(void)
{
	boot();
	new_process();
	OK(rump_sys_setreuid(200, 100));
	EQUAL(rump_sys_getuid(), 200);
	EQUAL(rump_sys_geteuid(), 100);
	OK(rump_sys_setreuid((uid_t)-1, (uid_t)-1));
	EQUAL(rump_sys_getuid(), 200);
	EQUAL(rump_sys_geteuid(), 100);
	OK(rump_sys_setreuid(100, 200));
	EQUAL(rump_sys_getuid(), 100);
	EQUAL(rump_sys_geteuid(), 200);
	FAILS(rump_sys_setreuid(0, (uid_t)-1), RUMP_EPERM);
	FAILS(rump_sys_setreuid((uid_t)-1, 0), RUMP_EPERM);
	FAILS(rump_sys_setreuid(300, 200), RUMP_EPERM);
	OK(rump_sys_setreuid((uid_t)-1, 100));
	EQUAL(rump_sys_geteuid(), 100);

	rump_pub_lwproc_releaselwp();
	new_process();
	OK(rump_sys_setregid(20, 10));
	EQUAL(rump_sys_getgid(), 20);
	EQUAL(rump_sys_getegid(), 10);
	OK(rump_sys_setuid(5));
	OK(rump_sys_setregid(10, 20));
	EQUAL(rump_sys_getgid(), 10);
	EQUAL(rump_sys_getegid(), 20);
	FAILS(rump_sys_setregid(0, (gid_t)-1), RUMP_EPERM);
	FAILS(rump_sys_setregid((gid_t)-1, 30), RUMP_EPERM);
	return 0;
}
