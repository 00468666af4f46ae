/* needs: vfs */
/* A host file that stands for a file grows when it is written past its end; a window does not. */
#include "check.h"
#include <fcntl.h>

int
main(void)
{
	char buffer[32];

	int host = open("image", O_CREAT | O_RDWR, 0666);
	EQUAL(write(host, "0123456789", 10), 10);
	boot();
	EQUAL(rump_pub_etfs_register("/key", "image", RUMP_ETFS_REG), 0);
	int file = OK(rump_sys_open("/key", RUMP_O_RDWR));
	EQUAL(OK(rump_sys_pwrite(file, "abcdef", 6, 8)), 6);
	EQUAL(pread(host, buffer, sizeof buffer, 0), 14);
	SAME(buffer, "01234567abcdef", 14);
	EQUAL(descriptor_status(file).st_size, 14);
	EQUAL(OK(rump_sys_pread(file, buffer, sizeof buffer, 0)), 14);
	SAME(buffer, "01234567abcdef", 14);
	EQUAL(OK(rump_sys_pwrite(file, "end", 3, 20)), 3);
	EQUAL(descriptor_status(file).st_size, 23);
	EQUAL(OK(rump_sys_pread(file, buffer, sizeof buffer, 14)), 9);
	SAME(buffer, "\0\0\0\0\0\0end", 9);
	OK(rump_sys_close(file));

	EQUAL(rump_pub_etfs_register_withsize("/window", "image", RUMP_ETFS_REG, 4, 4), 0);
	file = OK(rump_sys_open("/window", RUMP_O_RDWR));
	FAILS(rump_sys_pwrite(file, "x", 1, 4), RUMP_ENOSPC);
	EQUAL(descriptor_status(file).st_size, 4);
	EQUAL(pread(host, buffer, sizeof buffer, 0), 23);
	return 0;
}
