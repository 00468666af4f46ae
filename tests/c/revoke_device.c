/* needs: vfs */
/* revoke(2) on a device: all nodes of it are concerned; reading finds the end; other devices are not. */
#include "check.h"

int
main(void)
{
	char buffer[8] = "";
	int zero, alias, null, again;
	dev_t number;

	boot();
	number = (dev_t)status_of("/dev/zero").st_rdev;
	OK(rump_sys_mknod("/alias", S_IFCHR | 0666, number));
	zero = OK(rump_sys_open("/dev/zero", RUMP_O_RDWR));
	alias = OK(rump_sys_open("/alias", RUMP_O_RDWR));
	null = OK(rump_sys_open("/dev/null", RUMP_O_RDWR));
	EQUAL(OK(rump_sys_read(alias, buffer, 8)), 8);
	OK(rump_sys_revoke("/dev/zero"));
	EQUAL(OK(rump_sys_read(zero, buffer, 8)), 0);
	EQUAL(OK(rump_sys_read(alias, buffer, 8)), 0);
	FAILS(rump_sys_write(zero, buffer, 8), RUMP_EIO);
	FAILS(rump_sys_write(alias, buffer, 8), RUMP_EIO);
	EQUAL(OK(rump_sys_write(null, buffer, 8)), 8);
	again = OK(rump_sys_open("/alias", RUMP_O_RDONLY));
	EQUAL(OK(rump_sys_read(again, buffer, 8)), 8);
	OK(rump_sys_close(zero));
	OK(rump_sys_close(alias));
	OK(rump_sys_close(again));
	return 0;
}
