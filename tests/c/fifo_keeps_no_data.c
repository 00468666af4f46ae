/* needs: fs_tmpfs vfs */
/* With the last close of both ends what was not read is gone. */
#include "check.h"

int
main(void)
{
	char buffer[8];

	boot_in_tmpfs();
	OK(rump_sys_mkfifo("p", 0666));
	int reader = OK(rump_sys_open("p", RUMP_O_RDONLY | RUMP_O_NONBLOCK));
	int writer = OK(rump_sys_open("p", RUMP_O_WRONLY));
	EQUAL(OK(rump_sys_write(writer, "stale", 5)), 5);
	OK(rump_sys_close(writer));
	OK(rump_sys_close(reader));
	reader = OK(rump_sys_open("p", RUMP_O_RDONLY | RUMP_O_NONBLOCK));
	EQUAL(OK(rump_sys_read(reader, buffer, sizeof buffer)), 0);
	OK(rump_sys_close(reader));
	OK(rump_sys_unlink("p"));
	return 0;
}
