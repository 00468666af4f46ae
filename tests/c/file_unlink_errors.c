/* needs: fs_tmpfs vfs */
/* unlink(2) of directories, of what is not there, of mount points. */
#include "check.h"

int
main(void)
{
	boot_in_tmpfs();
	OK(rump_sys_mkdir("d", 0777));
	FAILS(rump_sys_unlink("d"), RUMP_EPERM);
	FAILS(rump_sys_unlink("none"), RUMP_ENOENT);
	FAILS(rump_sys_unlink("none/f"), RUMP_ENOENT);
	FAILS(rump_sys_unlink("/t"), RUMP_EBUSY);
	EQUAL(rump_sys_unlink("/"), -1);
	EQUAL(rump_sys_unlink("."), -1);
	EQUAL(rump_sys_unlink("d/.."), -1);
	HOLDS(exists("d"));
	return 0;
}
