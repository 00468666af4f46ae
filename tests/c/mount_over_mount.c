/* needs: fs_tmpfs vfs */
/* The root of a mount can be covered by another; they come off in reverse. */
#include "check.h"

int
main(void)
{
	boot();
	OK(rump_sys_mkdir("/m", 0777));
	OK(try_mount_tmpfs("/m", 0, 0, 0));
	make_empty("/m/first");
	OK(try_mount_tmpfs("/m", 0, 0, 0));
	HOLDS(!exists("/m/first"));
	make_empty("/m/second");
	EQUAL(status_of("/m/..").st_ino, status_of("/").st_ino);
	OK(rump_sys_chdir("/m"));
	EQUAL(status_of("..").st_dev, status_of("/").st_dev);
	OK(rump_sys_chdir("/"));
	OK(rump_sys_unmount("/m", 0));
	HOLDS(exists("/m/first"));
	HOLDS(!exists("/m/second"));
	OK(rump_sys_unmount("/m", 0));
	HOLDS(!exists("/m/first"));
	FAILS(rump_sys_unmount("/m", 0), RUMP_EINVAL);
	return 0;
}
