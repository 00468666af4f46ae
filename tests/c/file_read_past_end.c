/* needs: fs_tmpfs vfs */
/* Reads stop at the end of the file; pread leaves the offset. */
#include "check.h"

int
main(void)
{
	char buffer[16];

	boot_in_tmpfs();
	make_file("f", "0123456789", 10);
	int file = OK(rump_sys_open("f", RUMP_O_RDONLY));
	EQUAL(OK(rump_sys_pread(file, buffer, 16, 6)), 4);
	EQUAL(OK(rump_sys_pread(file, buffer, 16, 10)), 0);
	EQUAL(OK(rump_sys_pread(file, buffer, 16, 1000)), 0);
	EQUAL(OK(rump_sys_lseek(file, 0, SEEK_CUR)), 0);
	EQUAL(OK(rump_sys_read(file, buffer, 16)), 10);
	EQUAL(OK(rump_sys_read(file, buffer, 16)), 0);
	FAILS(rump_sys_write(file, "x", 1), RUMP_EBADF);
	FAILS(rump_sys_pwrite(file, "x", 1, 0), RUMP_EBADF);
	int writer = OK(rump_sys_open("f", RUMP_O_WRONLY));
	FAILS(rump_sys_read(writer, buffer, 1), RUMP_EBADF);
	int directory = OK(rump_sys_open(".", RUMP_O_RDONLY));
	FAILS(rump_sys_read(directory, buffer, 1), RUMP_EISDIR);
	FAILS(rump_sys_pread(directory, buffer, 1, 0), RUMP_EISDIR);
	FAILS(rump_sys_open(".", RUMP_O_WRONLY), RUMP_EISDIR);
	FAILS(rump_sys_open(".", RUMP_O_RDWR), RUMP_EISDIR);
	FAILS(rump_sys_open(".", RUMP_O_RDONLY | RUMP_O_CREAT | RUMP_O_EXCL, 0777), RUMP_EEXIST);
	return 0;
}
