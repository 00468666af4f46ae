/* needs: fs_tmpfs vfs */
/* Owners that are none; files that never tell; FIONREAD of a file counts from its offset. */
#include "signal_io.h"

int
main(void)
{
	int ends[2], file, queue, number = 0, on = 1, session;

	rump_boot_setsigmodel(RUMP_SIGMODEL_RECORD);
	boot_in_tmpfs();
	new_process();
	OK(rump_sys_pipe(ends));
	FAILS(rump_sys_fcntl(ends[0], N_F_SETOWN, 29999), RUMP_ESRCH);
	FAILS(rump_sys_fcntl(ends[0], N_F_SETOWN, -29999), RUMP_EINVAL);
	number = -5;
	FAILS(rump_sys_ioctl(ends[0], N_TIOCSPGRP, &number), RUMP_EINVAL);
	EQUAL(OK(rump_sys_fcntl(ends[0], N_F_GETOWN, 0)), 0);

	/* A group of another session. */
	struct lwp *parent = rump_pub_lwproc_curlwp(), *child = new_process();
	session = (int)OK(rump_sys_setsid());
	rump_pub_lwproc_switch(parent);
	FAILS(rump_sys_fcntl(ends[0], N_F_SETOWN, -session), RUMP_EPERM);
	rump_pub_lwproc_switch(child);
	rump_pub_lwproc_releaselwp();
	rump_pub_lwproc_switch(parent);
	OK(rump_sys_fcntl(ends[0], N_F_SETOWN, rump_sys_getpid()));
	OK(rump_sys_fcntl(ends[0], N_F_SETOWN, 0));
	OK(rump_sys_ioctl(ends[0], N_FIOASYNC, &on));
	OK(rump_sys_write(ends[1], "x", 1));
	HOLDS(!has_signal());

	make_file("/t/file", "0123456789", 10);
	file = OK(rump_sys_open("/t/file", RUMP_O_RDWR));
	FAILS(rump_sys_fcntl(file, N_F_SETOWN, rump_sys_getpid()), RUMP_ENOTTY);
	FAILS(rump_sys_fcntl(file, N_F_GETOWN, 0), RUMP_ENOTTY);
	OK(rump_sys_ioctl(file, N_FIOASYNC, &on));
	OK(rump_sys_lseek(file, 4, 0));
	OK(rump_sys_ioctl(file, N_FIONREAD, &number));
	EQUAL(number, 6);
	file = OK(rump_sys_open("/dev/null", RUMP_O_RDWR));
	FAILS(rump_sys_fcntl(file, N_F_SETOWN, rump_sys_getpid()), RUMP_ENOTTY);
	queue = OK(rump_sys_kqueue());
	FAILS(rump_sys_fcntl(queue, N_F_GETOWN, 0), RUMP_ENOTTY);
	return 0;
}
