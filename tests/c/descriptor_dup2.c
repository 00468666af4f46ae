/* needs: vfs */
/* dup2(2): onto itself, onto an open one, out of range. */
#include "check.h"

int
main(void)
{
	int pair[2];
	char byte;

	boot();
	new_process();
	make_file("/f", "x", 1);
	int file = OK(rump_sys_open("/f", RUMP_O_RDONLY));
	OK(rump_sys_fcntl(file, N_F_SETFD, N_FD_CLOEXEC));
	EQUAL(OK(rump_sys_dup2(file, file)), file);
	EQUAL(OK(rump_sys_fcntl(file, N_F_GETFD)), N_FD_CLOEXEC);
	EQUAL(OK(rump_sys_dup2(file, 50)), 50);
	EQUAL(OK(rump_sys_fcntl(50, N_F_GETFD)), 0);
	FAILS(rump_sys_dup2(-1, 3), RUMP_EBADF);
	FAILS(rump_sys_dup2(49, 3), RUMP_EBADF);
	FAILS(rump_sys_dup2(49, 49), RUMP_EBADF);
	FAILS(rump_sys_dup2(file, -1), RUMP_EBADF);
	FAILS(rump_sys_dup2(file, 1 << 30), RUMP_EBADF);
	FAILS(rump_sys_dup(-1), RUMP_EBADF);
	FAILS(rump_sys_dup(1 << 30), RUMP_EBADF);
	/* What the target stood for is closed. */
	OK(rump_sys_pipe2(pair, 0));
	EQUAL(OK(rump_sys_dup2(file, pair[1])), pair[1]);
	EQUAL(OK(rump_sys_read(pair[0], &byte, 1)), 0);
	EQUAL(OK(rump_sys_read(pair[1], &byte, 1)), 1);
	return 0;
}
