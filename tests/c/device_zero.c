/* needs: vfs */
/* /dev/zero gives zeroes without end and takes everything. */
#include "check.h"

int
main(void)
{
	static char buffer[300000];

	boot();
	int file = OK(rump_sys_open("/dev/zero", RUMP_O_RDWR));
	memset(buffer, 1, sizeof buffer);
	EQUAL(OK(rump_sys_read(file, buffer, sizeof buffer)), sizeof buffer);
	ALL(buffer, 0, sizeof buffer);
	EQUAL(OK(rump_sys_write(file, buffer, 100)), 100);
	return 0;
}
