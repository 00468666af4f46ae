/* needs: fs_tmpfs vfs */
/* FIOCLEX and FIONCLEX do what F_SETFD does; FIONBIO what F_SETFL does. */
#include "check.h"

int
main(void)
{
	int pair[2], on = 1, off = 0;

	boot_in_tmpfs();
	new_process();
	OK(rump_sys_pipe2(pair, 0));
	OK(rump_sys_ioctl(pair[0], N_FIOCLEX));
	EQUAL(OK(rump_sys_fcntl(pair[0], N_F_GETFD)), N_FD_CLOEXEC);
	OK(rump_sys_ioctl(pair[0], N_FIONCLEX));
	EQUAL(OK(rump_sys_fcntl(pair[0], N_F_GETFD)), 0);
	OK(rump_sys_ioctl(pair[0], N_FIONBIO, &on));
	EQUAL(OK(rump_sys_fcntl(pair[0], N_F_GETFL)) & RUMP_O_NONBLOCK, RUMP_O_NONBLOCK);
	OK(rump_sys_ioctl(pair[0], N_FIONBIO, &off));
	EQUAL(OK(rump_sys_fcntl(pair[0], N_F_GETFL)) & RUMP_O_NONBLOCK, 0);
	make_empty("f");
	int file = OK(rump_sys_open("f", RUMP_O_RDWR));
	OK(rump_sys_ioctl(file, N_FIOCLEX));
	EQUAL(OK(rump_sys_fcntl(file, N_F_GETFD)), N_FD_CLOEXEC);
	FAILS(rump_sys_ioctl(file, _RUMP_IO('Q', 99)), RUMP_ENOTTY);
	FAILS(rump_sys_ioctl(99, N_FIOCLEX), RUMP_EBADF);
	return 0;
}
