/* needs: fs_tmpfs vfs */
/* A fifo with O_ASYNC sends SIGIO, too; a copy of the descriptor shares the owner. */
#include "signal_io.h"

int
main(void)
{
	int on = 1, file, copy, other;

	rump_boot_setsigmodel(RUMP_SIGMODEL_RECORD);
	boot_in_tmpfs();
	new_process();
	OK(rump_sys_mkfifo("/t/fifo", 0666));
	file = OK(rump_sys_open("/t/fifo", RUMP_O_RDONLY | RUMP_O_NONBLOCK));
	copy = OK(rump_sys_dup(file));
	OK(rump_sys_fcntl(copy, N_F_SETOWN, rump_sys_getpid()));
	OK(rump_sys_ioctl(copy, N_FIOASYNC, &on));
	EQUAL(OK(rump_sys_fcntl(file, N_F_GETOWN, 0)), rump_sys_getpid());
	OK(rump_sys_close(copy));
	other = OK(rump_sys_open("/t/fifo", RUMP_O_WRONLY));
	has_signal();
	OK(rump_sys_write(other, "x", 1));
	HOLDS(has_signal());
	OK(rump_sys_close(other));
	HOLDS(has_signal());
	OK(rump_sys_close(file));
	return 0;
}
