/* needs: vfs */
/* A device that is open goes on working after its key is gone, or its key cannot be removed. */
#include "check.h"
#include <fcntl.h>

int
main(void)
{
	char buffer[512];
	int host = open("image", O_CREAT | O_RDWR, 0666);

	EQUAL(ftruncate(host, 65536), 0);
	boot();
	EQUAL(rump_pub_etfs_register("/disk", "image", RUMP_ETFS_BLK), 0);
	int disk = OK(rump_sys_open("/disk", RUMP_O_RDWR));
	int error = rump_pub_etfs_remove("/disk");
	HOLDS(error == 0 || error == RUMP_EBUSY);
	EQUAL(OK(rump_sys_pread(disk, buffer, sizeof buffer, 0)), sizeof buffer);
	OK(rump_sys_close(disk));
	if (error != 0)
		EQUAL(rump_pub_etfs_remove("/disk"), 0);
	HOLDS(!exists("/disk"));
	return 0;
}
