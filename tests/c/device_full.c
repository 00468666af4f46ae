/* needs: vfs */
/* /dev/full gives zeroes and is always full. */
#include "check.h"

int
main(void)
{
	char buffer[8] = { 1 };

	boot();
	int file = OK(rump_sys_open("/dev/full", RUMP_O_RDWR));
	EQUAL(OK(rump_sys_read(file, buffer, sizeof buffer)), 8);
	ALL(buffer, 0, 8);
	FAILS(rump_sys_write(file, buffer, 1), RUMP_ENOSPC);
	return 0;
}
