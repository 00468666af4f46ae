/* needs: */
/* dup3(2): flags, onto itself. */
#include "check.h"

int
main(void)
{
	int pair[2];

	boot();
	new_process();
	OK(rump_sys_pipe2(pair, 0));
	EQUAL(rump_sys_dup3(pair[0], 20, RUMP_O_CLOEXEC) == 20 || rump_sys_dup3(pair[0], 20, RUMP_O_CLOEXEC) == 0, 1);
	EQUAL(OK(rump_sys_fcntl(20, N_F_GETFD)), N_FD_CLOEXEC);
	OK(rump_sys_dup3(pair[0], 21, 0));
	EQUAL(OK(rump_sys_fcntl(21, N_F_GETFD)), 0);
	OK(rump_sys_dup3(pair[0], 22, RUMP_O_NONBLOCK));
	EQUAL(OK(rump_sys_fcntl(22, N_F_GETFL)) & RUMP_O_NONBLOCK, RUMP_O_NONBLOCK);
	FAILS(rump_sys_dup3(pair[0], 23, RUMP_O_APPEND), RUMP_EINVAL);
	FAILS(rump_sys_dup3(99, 23, 0), RUMP_EBADF);
	return 0;
}
