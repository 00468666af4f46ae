/* needs: fs_tmpfs vfs */
/* A mount covers a directory; unmounting shows what was there. */
#include "check.h"

int
main(void)
{
	boot();
	OK(rump_sys_mkdir("/m", 0700));
	make_empty("/m/below");
	Status below = status_of("/m");
	OK(try_mount_tmpfs("/m", 0, 0, 0));
	HOLDS(!exists("/m/below"));
	HOLDS(status_of("/m").st_dev != below.st_dev);
	make_empty("/m/above");
	OK(rump_sys_unmount("/m", 0));
	HOLDS(exists("/m/below"));
	HOLDS(!exists("/m/above"));
	EQUAL(status_of("/m").st_dev, below.st_dev);
	OK(try_mount_tmpfs("/m", 0, 0, 0));
	HOLDS(!exists("/m/above"));
	OK(rump_sys_unmount("/m", 0));
	FAILS(rump_sys_unmount("/m", 0), RUMP_EINVAL);
	FAILS(rump_sys_unmount("/none", 0), RUMP_ENOENT);
	return 0;
}
