/* needs: fs_tmpfs vfs */
/* A file that is open for writing keeps a file system from becoming read-only. */
#include "check.h"

int
main(void)
{
	boot_in_tmpfs();
	int file = OK(rump_sys_open("f", RUMP_O_CREAT | RUMP_O_RDWR, 0666));
	FAILS(try_mount_tmpfs("/t", 0, 0, RUMP_MNT_UPDATE | RUMP_MNT_RDONLY), RUMP_EBUSY);
	EQUAL(OK(rump_sys_write(file, "x", 1)), 1);
	OK(rump_sys_close(file));
	OK(try_mount_tmpfs("/t", 0, 0, RUMP_MNT_UPDATE | RUMP_MNT_RDONLY));
	return 0;
}
