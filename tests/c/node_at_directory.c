/* needs: fs_tmpfs vfs */
/* mknodat makes nodes relative to a directory that is open. */
#include "check.h"

int
main(void)
{
	Status status;

	boot_in_tmpfs();
	OK(rump_sys_mkdir("d", 0755));
	int directory = OK(rump_sys_open("d", RUMP_O_RDONLY));
	OK(rump_sys_mknodat(directory, "pipe", 0010644, 0));
	OK(rump_sys_mknodat(directory, "null", 0020666, 2 << 8 | 2));
	OK(rump_sys_lstat("d/pipe", (struct stat *)&status));
	EQUAL(status.st_mode & 0170000, 0010000);
	OK(rump_sys_lstat("d/null", (struct stat *)&status));
	EQUAL(status.st_mode & 0170000, 0020000);
	EQUAL(status.st_rdev, 2 << 8 | 2);
	FAILS(rump_sys_mknodat(directory, "pipe", 0010644, 0), RUMP_EEXIST);
	FAILS(rump_sys_mknodat(99, "x", 0010644, 0), RUMP_EBADF);
	return 0;
}
