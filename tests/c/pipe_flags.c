/* needs: */
/* pipe2(2) sets its flags on both ends and takes no others. */
#include "check.h"

int
main(void)
{
	int pair[2];

	boot();
	OK(rump_sys_pipe2(pair, RUMP_O_CLOEXEC | RUMP_O_NONBLOCK | RUMP_O_NOSIGPIPE));
	for (int i = 0; i < 2; i++) {
		EQUAL(OK(rump_sys_fcntl(pair[i], N_F_GETFD)), N_FD_CLOEXEC);
		EQUAL(OK(rump_sys_fcntl(pair[i], N_F_GETFL)) & RUMP_O_NONBLOCK, RUMP_O_NONBLOCK);
		EQUAL(OK(rump_sys_fcntl(pair[i], N_F_GETNOSIGPIPE)), 1);
	}
	EQUAL(OK(rump_sys_fcntl(pair[0], N_F_GETFL)) & RUMP_O_ACCMODE, RUMP_O_RDONLY);
	EQUAL(OK(rump_sys_fcntl(pair[1], N_F_GETFL)) & RUMP_O_ACCMODE, RUMP_O_WRONLY);
	FAILS(rump_sys_pipe2(pair, RUMP_O_CREAT), RUMP_EINVAL);
	FAILS(rump_sys_pipe2(pair, RUMP_O_APPEND), RUMP_EINVAL);
	OK(rump_sys_pipe(pair));
	EQUAL(OK(rump_sys_fcntl(pair[0], N_F_GETFD)), 0);
	EQUAL(OK(rump_sys_fcntl(pair[1], N_F_GETFD)), 0);
	return 0;
}
