/* needs: vfs */
/* A system call before rump_init() fails and harms nothing: a boot afterwards works. */
#include "check.h"

int
main(void)
{
	char buffer[8];

	EQUAL(rump_sys_open("/", RUMP_O_RDONLY), -1);
	EQUAL(rump_sys_read(0, buffer, sizeof buffer), -1);
	HOLDS(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR) != 0);
	HOLDS(rump_pub_lwproc_curlwp() == NULL);
	boot();
	int descriptor = OK(rump_sys_open("/", RUMP_O_RDONLY));
	OK(rump_sys_close(descriptor));
	return 0;
}
