/* needs: vfs */
/* A pipe with O_ASYNC sends SIGIO to its owner when data comes, when there is room, and when the other side goes. */
#include "signal_io.h"

int
main(void)
{
	char buffer[64];
	int ends[2], on = 1, off = 0, status;

	rump_boot_setsigmodel(RUMP_SIGMODEL_RECORD);
	boot();
	new_process();
	OK(rump_sys_pipe(ends));
	EQUAL(OK(rump_sys_fcntl(ends[0], N_F_GETOWN, 0)), 0);
	OK(rump_sys_fcntl(ends[0], N_F_SETOWN, rump_sys_getpid()));
	EQUAL(OK(rump_sys_fcntl(ends[0], N_F_GETOWN, 0)), rump_sys_getpid());

	/* An owner alone is told nothing. */
	OK(rump_sys_write(ends[1], "a", 1));
	HOLDS(!has_signal());
	OK(rump_sys_ioctl(ends[0], N_FIOASYNC, &on));
	HOLDS(OK(rump_sys_fcntl(ends[0], N_F_GETFL, 0)) & N_O_ASYNC);
	OK(rump_sys_write(ends[1], "b", 1));
	HOLDS(has_signal());
	HOLDS(!has_signal());
	EQUAL(OK(rump_sys_read(ends[0], buffer, sizeof buffer)), 2);
	HOLDS(!has_signal());

	/* The other end is another matter: it hears of room. */
	OK(rump_sys_fcntl(ends[1], N_F_SETOWN, rump_sys_getpid()));
	status = (int)OK(rump_sys_fcntl(ends[1], N_F_GETFL, 0));
	OK(rump_sys_fcntl(ends[1], N_F_SETFL, status | N_O_ASYNC));
	OK(rump_sys_ioctl(ends[0], N_FIOASYNC, &off));
	OK(rump_sys_write(ends[1], "c", 1));
	HOLDS(!has_signal());
	OK(rump_sys_read(ends[0], buffer, sizeof buffer));
	HOLDS(has_signal());
	OK(rump_sys_fcntl(ends[1], N_F_SETFL, status));
	OK(rump_sys_write(ends[1], "d", 1));
	OK(rump_sys_read(ends[0], buffer, sizeof buffer));
	HOLDS(!has_signal());

	OK(rump_sys_ioctl(ends[0], N_FIOASYNC, &on));
	OK(rump_sys_close(ends[1]));
	HOLDS(has_signal());
	OK(rump_sys_close(ends[0]));
	HOLDS(!has_signal());
	return 0;
}
