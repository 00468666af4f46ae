/* needs: fs_tmpfs vfs */
/* Holes read as zeroes and do not count as blocks. */
#include "check.h"

int
main(void)
{
	static char buffer[100000];

	boot_in_tmpfs();
	int file = OK(rump_sys_open("f", RUMP_O_CREAT | RUMP_O_RDWR, 0666));
	EQUAL(OK(rump_sys_pwrite(file, "end", 3, 10000000)), 3);
	EQUAL(status_of("f").st_size, 10000003);
	EQUAL(OK(rump_sys_pread(file, buffer, sizeof buffer, 5000001)), sizeof buffer);
	ALL(buffer, 0, sizeof buffer);
	EQUAL(OK(rump_sys_pread(file, buffer, sizeof buffer, 9999990)), 13);
	ALL(buffer, 0, 10);
	SAME(buffer + 10, "end", 3);
	EQUAL(OK(rump_sys_lseek(file, 1000, SEEK_END)), 10001003);
	EQUAL(OK(rump_sys_read(file, buffer, 1)), 0);
	EQUAL(OK(rump_sys_write(file, "x", 1)), 1);
	EQUAL(status_of("f").st_size, 10001004);
	/* A write of nothing far behind the end changes nothing. */
	EQUAL(OK(rump_sys_pwrite(file, "", 0, 20000000)), 0);
	EQUAL(status_of("f").st_size, 10001004);
	return 0;
}
