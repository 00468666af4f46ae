/* needs: fs_tmpfs vfs */
/* What open(2) asks of the permission bits, with truncation and creation. */
#include "check.h"

int
main(void)
{
	boot_in_tmpfs();
	make_file("r", "data", 4);
	OK(rump_sys_chmod("r", 0444));
	make_file("w", "data", 4);
	OK(rump_sys_chmod("w", 0222));
	OK(rump_sys_mkdir("closed", 0755));
	new_process_of(10, 10);
	OK(rump_sys_open("r", RUMP_O_RDONLY));
	FAILS(rump_sys_open("r", RUMP_O_WRONLY), RUMP_EACCES);
	FAILS(rump_sys_open("r", RUMP_O_RDWR), RUMP_EACCES);
	FAILS(rump_sys_open("r", RUMP_O_RDONLY | RUMP_O_TRUNC), RUMP_EACCES);
	EQUAL(status_of("r").st_size, 4);
	FAILS(rump_sys_open("w", RUMP_O_RDONLY), RUMP_EACCES);
	OK(rump_sys_open("w", RUMP_O_WRONLY));
	FAILS(rump_sys_open("w", RUMP_O_RDWR), RUMP_EACCES);
	FAILS(rump_sys_truncate("r", 0), RUMP_EACCES);
	OK(rump_sys_truncate("w", 0));
	FAILS(rump_sys_open("closed/f", RUMP_O_CREAT | RUMP_O_RDWR, 0666), RUMP_EACCES);
	/* A new file may be written to by who makes it, whatever its mode. */
	int file = OK(rump_sys_open("new", RUMP_O_CREAT | RUMP_O_RDWR, 0));
	EQUAL(OK(rump_sys_write(file, "x", 1)), 1);
	FAILS(rump_sys_open("new", RUMP_O_RDONLY), RUMP_EACCES);
	/* What is open stays open when the mode changes. */
	OK(rump_sys_chmod("new", 0600));
	int second = OK(rump_sys_open("new", RUMP_O_RDWR));
	OK(rump_sys_chmod("new", 0));
	EQUAL(OK(rump_sys_write(second, "y", 1)), 1);
	/* Creating what exists asks for the file's permission, not the directory's. */
	FAILS(rump_sys_open("r", RUMP_O_CREAT | RUMP_O_WRONLY, 0666), RUMP_EACCES);
	OK(rump_sys_open("r", RUMP_O_CREAT | RUMP_O_RDONLY, 0666));
	return 0;
}
