/* needs: vfs */
/* The kind of file system that the root is can be mounted elsewhere, several times. */
#include "check.h"

int
main(void)
{
	boot();
	OK(rump_sys_mkdir("/a", 0777));
	OK(rump_sys_mkdir("/b", 0777));
	OK(rump_sys_mount("rumpfs", "/a", 0, NULL, 0));
	OK(rump_sys_mount("rumpfs", "/b", 0, NULL, 0));
	OK(rump_sys_close(OK(rump_sys_open("/a/file", RUMP_O_CREAT | RUMP_O_RDWR, 0666))));
	HOLDS(exists("/a/file"));
	HOLDS(!exists("/b/file"));
	HOLDS(status_of("/a").st_dev != status_of("/b").st_dev);
	OK(rump_sys_unmount("/a", 0));
	OK(rump_sys_unmount("/b", 0));
	HOLDS(!exists("/a/file"));
	FAILS(rump_sys_mount("nothing", "/a", 0, NULL, 0), RUMP_ENODEV);
	return 0;
}
