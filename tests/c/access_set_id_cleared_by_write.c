/* needs: fs_tmpfs vfs */
/* A write by another than the superuser takes set-id bits away. */
#include "check.h"

int
main(void)
{
	boot_in_tmpfs();
	make_file("f", "data", 4);
	OK(rump_sys_chown("f", 10, 10));
	OK(rump_sys_chmod("f", 06777));
	int file = OK(rump_sys_open("f", RUMP_O_RDWR));
	EQUAL(OK(rump_sys_write(file, "D", 1)), 1);
	EQUAL(status_of("f").st_mode & 07777, 06777);
	new_process_of(11, 11);
	file = OK(rump_sys_open("f", RUMP_O_RDWR));
	EQUAL(OK(rump_sys_write(file, "E", 1)), 1);
	EQUAL(status_of("f").st_mode & 06000, 0);
	return 0;
}
