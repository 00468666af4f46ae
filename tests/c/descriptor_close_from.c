/* needs: */
/* F_CLOSEM closes from a number on; F_MAXFD tells the highest. */
#include "check.h"

int
main(void)
{
	int pair[2];

	boot();
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR), 0);
	EQUAL(rump_sys_fcntl(0, N_F_MAXFD), -1);
	OK(rump_sys_pipe2(pair, 0));
	for (int i = 10; i < 20; i++)
		OK(rump_sys_dup2(0, i));
	EQUAL(OK(rump_sys_fcntl(0, N_F_MAXFD)), 19);
	OK(rump_sys_fcntl(15, N_F_CLOSEM));
	EQUAL(OK(rump_sys_fcntl(0, N_F_MAXFD)), 14);
	FAILS(rump_sys_fcntl(15, N_F_GETFD), RUMP_EBADF);
	EQUAL(OK(rump_sys_fcntl(14, N_F_GETFD)), 0);
	FAILS(rump_sys_fcntl(-1, N_F_CLOSEM), RUMP_EBADF);
	OK(rump_sys_fcntl(0, N_F_CLOSEM));
	EQUAL(rump_sys_fcntl(0, N_F_MAXFD), -1);
	return 0;
}
