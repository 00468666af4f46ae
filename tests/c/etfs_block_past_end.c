/* needs: vfs */
/* Writes past the end of a block device fail, and do not lengthen the host's file. */
#include "check.h"
#include <fcntl.h>

int
main(void)
{
	char buffer[1024] = { 0 };
	struct stat status;

	int host = open("image", O_CREAT | O_RDWR, 0666);
	EQUAL(ftruncate(host, 65536), 0);
	boot();
	EQUAL(rump_pub_etfs_register("/disk", "image", RUMP_ETFS_BLK), 0);
	int disk = OK(rump_sys_open("/disk", RUMP_O_RDWR));
	HOLDS(rump_sys_pwrite(disk, buffer, 512, 65536) <= 0);
	HOLDS(rump_sys_pwrite(disk, buffer, 512, 1 << 30) <= 0);
	ssize_t count = rump_sys_pwrite(disk, buffer, 1024, 65536 - 512);
	HOLDS(count == -1 || count == 512);
	EQUAL(fstat(host, &status), 0);
	EQUAL(status.st_size, 65536);
	OK(rump_sys_close(disk));
	return 0;
}
