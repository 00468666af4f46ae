/* needs: vfs */
/* SIGIO to a process group reaches each of its processes, and no other. */
#include "signal_io.h"

int
main(void)
{
	struct lwp *first, *second, *third;
	int ends[2], on = 1, group, found = 0;

	rump_boot_setsigmodel(RUMP_SIGMODEL_RECORD);
	boot();
	first = new_process();
	OK(rump_sys_setpgid(0, 0));
	group = rump_sys_getpid();
	second = new_process();
	third = new_process();
	OK(rump_sys_setpgid(0, 0));

	OK(rump_sys_pipe(ends));
	OK(rump_sys_ioctl(ends[0], N_TIOCSPGRP, &group));
	OK(rump_sys_ioctl(ends[0], N_TIOCGPGRP, &found));
	EQUAL(found, group);
	OK(rump_sys_ioctl(ends[0], N_FIOGETOWN, &found));
	EQUAL(found, -group);
	OK(rump_sys_ioctl(ends[0], N_FIOASYNC, &on));
	OK(rump_sys_write(ends[1], "x", 1));
	HOLDS(!has_signal());
	rump_pub_lwproc_switch(second);
	HOLDS(has_signal());
	rump_pub_lwproc_switch(first);
	HOLDS(has_signal());
	rump_pub_lwproc_switch(third);
	return 0;
}
