/* needs: vfs */
/* A host file as a character device: read and written at any offset, up to its end. */
#include "check.h"

int
main(void)
{
	char buffer[16];
	FILE *host = fopen("host", "w");
	int file;

	fputs("0123456789", host);
	fclose(host);
	boot();
	EQUAL(rump_pub_etfs_register("/dev/raw", "host", RUMP_ETFS_CHR), 0);
	EQUAL(status_of("/dev/raw").st_mode & 0170000, 0020000);
	file = OK(rump_sys_open("/dev/raw", RUMP_O_RDWR));
	EQUAL(OK(rump_sys_pread(file, buffer, sizeof buffer, 3)), 7);
	SAME(buffer, "3456789", 7);
	EQUAL(OK(rump_sys_pwrite(file, "xy", 2, 5)), 2);
	FAILS(rump_sys_pwrite(file, "z", 1, 10), RUMP_ENOSPC);
	OK(rump_sys_close(file));
	EQUAL(rump_pub_etfs_remove("/dev/raw"), 0);
	FAILS(rump_sys_open("/dev/raw", RUMP_O_RDONLY), RUMP_ENOENT);
	host = fopen("host", "r");
	EQUAL(fread(buffer, 1, sizeof buffer, host), 10);
	SAME(buffer, "01234xy789", 10);
	fclose(host);
	return 0;
}
