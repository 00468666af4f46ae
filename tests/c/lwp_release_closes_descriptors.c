/* needs: */
/* The descriptors of a process are closed as it ends: the reader sees the end of the data. */
#include "check.h"

int
main(void)
{
	int pair[2];
	char buffer[4];

	boot();
	struct lwp *keeper = new_process();
	OK(rump_sys_pipe2(pair, 0));
	struct lwp *other = new_process();
	OK(rump_sys_close(pair[0]));
	rump_pub_lwproc_switch(keeper);
	OK(rump_sys_close(pair[1]));
	rump_pub_lwproc_switch(other);
	EQUAL(OK(rump_sys_write(pair[1], "xy", 2)), 2);
	rump_pub_lwproc_releaselwp();
	rump_pub_lwproc_switch(keeper);
	EQUAL(OK(rump_sys_read(pair[0], buffer, sizeof buffer)), 2);
	EQUAL(OK(rump_sys_read(pair[0], buffer, sizeof buffer)), 0);
	return 0;
}
