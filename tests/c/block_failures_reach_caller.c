/* needs: vfs */
/* RUMP_BLKFAIL makes transfers fail: the error comes out of read, write or fsync, and what was read right is right. */
#include "check.h"
#include <fcntl.h>

int
main(void)
{
	static char buffer[65536];
	int host = open("image", O_CREAT | O_RDWR, 0666), failures = 0;

	EQUAL(ftruncate(host, 8 << 20), 0);
	setenv("RUMP_BLKFAIL", "3000", 1);
	setenv("RUMP_BLKFAIL_SEED", "1", 1);
	boot();
	EQUAL(rump_pub_etfs_register("/disk", "image", RUMP_ETFS_BLK), 0);
	int disk = OK(rump_sys_open("/disk", RUMP_O_RDWR));
	for (int i = 0; i < 128; i++) {
		if (rump_sys_pread(disk, buffer, sizeof buffer, (off_t)i * 65536) == -1) {
			EQUAL(errno, RUMP_EIO);
			failures++;
		} else
			ALL(buffer, 0, sizeof buffer);
	}
	HOLDS(failures > 0);
	failures = 0;
	memset(buffer, 7, sizeof buffer);
	for (int i = 0; i < 128; i++) {
		if (rump_sys_pwrite(disk, buffer, sizeof buffer, (off_t)i * 65536) == -1 ||
		    rump_sys_fsync(disk) == -1) {
			EQUAL(errno, RUMP_EIO);
			failures++;
		}
	}
	HOLDS(failures > 0);
	return 0;
}
