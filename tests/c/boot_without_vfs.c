/* needs: */
/* Without component vfs there is no file system: its calls are not there. */
#include "check.h"

int
main(void)
{
	char buffer[16];
	int pair[2];

	boot();
	FAILS(rump_sys_open("/", RUMP_O_RDONLY), RUMP_ENOSYS);
	FAILS(rump_sys_mkdir("/a", 0777), RUMP_ENOSYS);
	FAILS(rump_sys_stat("/", (struct stat *)buffer), RUMP_ENOSYS);
	FAILS(rump_sys_rename("/a", "/b"), RUMP_ENOSYS);
	FAILS(rump_sys___getcwd(buffer, sizeof buffer), RUMP_ENOSYS);
	FAILS(rump_sys_mount("tmpfs", "/", 0, buffer, sizeof buffer), RUMP_ENOSYS);
	/* What needs no files works. */
	EQUAL(rump_sys_getuid(), 0);
	OK(rump_sys_pipe2(pair, 0));
	EQUAL(OK(rump_sys_write(pair[1], "abc", 3)), 3);
	EQUAL(OK(rump_sys_read(pair[0], buffer, sizeof buffer)), 3);
	SAME(buffer, "abc", 3);
	return 0;
}
