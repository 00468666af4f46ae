/* needs: vfs */
/* /dev/null reads as empty and takes everything. */
#include "check.h"

int
main(void)
{
	char buffer[8];

	boot();
	int file = OK(rump_sys_open("/dev/null", RUMP_O_RDWR));
	EQUAL(OK(rump_sys_read(file, buffer, sizeof buffer)), 0);
	EQUAL(OK(rump_sys_write(file, buffer, sizeof buffer)), 8);
	EQUAL(status_of("/dev/null").st_mode & S_IFMT, S_IFCHR);
	EQUAL(status_of("/dev/null").st_rdev, 2 << 8 | 2);
	return 0;
}
