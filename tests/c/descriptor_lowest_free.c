/* needs: */
/* New descriptors get the lowest number that is free. */
#include "check.h"

int
main(void)
{
	int a[2], b[2];

	boot();
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR), 0);
	OK(rump_sys_pipe2(a, 0));
	EQUAL(a[0], 0);
	EQUAL(a[1], 1);
	OK(rump_sys_pipe2(b, 0));
	EQUAL(b[0], 2);
	EQUAL(b[1], 3);
	OK(rump_sys_close(1));
	EQUAL(OK(rump_sys_dup(0)), 1);
	OK(rump_sys_close(2));
	OK(rump_sys_close(0));
	EQUAL(OK(rump_sys_dup(3)), 0);
	EQUAL(OK(rump_sys_fcntl(3, N_F_DUPFD, 0)), 2);
	EQUAL(OK(rump_sys_fcntl(3, N_F_DUPFD, 10)), 10);
	EQUAL(OK(rump_sys_fcntl(3, N_F_DUPFD, 10)), 11);
	EQUAL(OK(rump_sys_dup(3)), 4);
	return 0;
}
