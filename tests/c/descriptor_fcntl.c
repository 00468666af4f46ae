/* needs: fs_tmpfs vfs */
/* fcntl(2): descriptor flags, status flags, what cannot be set, unknown commands. */
#include "check.h"

int
main(void)
{
	boot_in_tmpfs();
	new_process();
	make_empty("f");
	int file = OK(rump_sys_open("f", RUMP_O_WRONLY | RUMP_O_CLOEXEC | RUMP_O_CREAT));
	EQUAL(OK(rump_sys_fcntl(file, N_F_GETFD)), N_FD_CLOEXEC);
	OK(rump_sys_fcntl(file, N_F_SETFD, 0));
	EQUAL(OK(rump_sys_fcntl(file, N_F_GETFD)), 0);
	EQUAL(OK(rump_sys_fcntl(file, N_F_GETFL)) & 0xf, RUMP_O_WRONLY);
	/* The access mode and O_CREAT stay as they were opened. */
	OK(rump_sys_fcntl(file, N_F_SETFL, RUMP_O_RDWR | RUMP_O_APPEND | RUMP_O_NONBLOCK));
	EQUAL(OK(rump_sys_fcntl(file, N_F_GETFL)) & 0xf,
	    RUMP_O_WRONLY | RUMP_O_APPEND | RUMP_O_NONBLOCK);
	OK(rump_sys_fcntl(file, N_F_SETFL, 0));
	EQUAL(OK(rump_sys_fcntl(file, N_F_GETFL)) & 0xf, RUMP_O_WRONLY);
	int copy = OK(rump_sys_fcntl(file, N_F_DUPFD_CLOEXEC, 0));
	EQUAL(OK(rump_sys_fcntl(copy, N_F_GETFD)), N_FD_CLOEXEC);
	EQUAL(OK(rump_sys_fcntl(file, N_F_GETNOSIGPIPE)), 0);
	OK(rump_sys_fcntl(file, N_F_SETNOSIGPIPE, 1));
	EQUAL(OK(rump_sys_fcntl(file, N_F_GETNOSIGPIPE)), 1);
	OK(rump_sys_fcntl(file, N_F_SETNOSIGPIPE, 0));
	EQUAL(OK(rump_sys_fcntl(file, N_F_GETNOSIGPIPE)), 0);
	FAILS(rump_sys_fcntl(file, 99, 0), RUMP_EINVAL);
	FAILS(rump_sys_fcntl(-1, N_F_GETFD), RUMP_EBADF);
	FAILS(rump_sys_fcntl(1000, N_F_GETFL), RUMP_EBADF);
	return 0;
}
