/* needs: fs_tmpfs vfs */
/* The file that a rename replaces lives on in who has it open. */
#include "check.h"

int
main(void)
{
	char buffer[8];

	boot_in_tmpfs();
	make_file("old", "old data", 8);
	make_file("new", "new data", 8);
	int old = OK(rump_sys_open("old", RUMP_O_RDWR));
	uint64_t number = status_of("new").st_ino;
	OK(rump_sys_rename("new", "old"));
	HOLDS(!exists("new"));
	EQUAL(status_of("old").st_ino, number);
	EQUAL(descriptor_status(old).st_nlink, 0);
	EQUAL(OK(rump_sys_read(old, buffer, 8)), 8);
	SAME(buffer, "old data", 8);
	int file = OK(rump_sys_open("old", RUMP_O_RDONLY));
	EQUAL(OK(rump_sys_read(file, buffer, 8)), 8);
	SAME(buffer, "new data", 8);
	return 0;
}
