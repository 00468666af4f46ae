/* needs: vfs */
/* A device number without a driver is ENXIO, of either kind. */
#include "check.h"

int
main(void)
{
	boot();
	OK(rump_sys_mknod("/c", S_IFCHR | 0666, 0x7700));
	OK(rump_sys_mknod("/b", S_IFBLK | 0666, 0x7700));
	FAILS(rump_sys_open("/c", RUMP_O_RDWR), RUMP_ENXIO);
	FAILS(rump_sys_open("/b", RUMP_O_RDWR), RUMP_ENXIO);
	return 0;
}
