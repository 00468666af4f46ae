/* needs: fs_tmpfs vfs */
/* Dot-dot leads out of a mounted file system, and no further than the root. */
#include "check.h"

int
main(void)
{
	boot_in_tmpfs();
	make_empty("/outside");
	OK(rump_sys_mkdir("d", 0777));
	HOLDS(exists("../outside"));
	HOLDS(exists("d/../../outside"));
	EQUAL(status_of("..").st_ino, status_of("/").st_ino);
	EQUAL(status_of("..").st_dev, status_of("/").st_dev);
	HOLDS(status_of(".").st_dev != status_of("..").st_dev);
	EQUAL(status_of("/..").st_ino, status_of("/").st_ino);
	EQUAL(status_of("/../../t/d").st_ino, status_of("d").st_ino);
	OK(rump_sys_chdir("d/../.."));
	HOLDS(exists("outside"));
	/* A mount inside a mount. */
	OK(try_mount_tmpfs("/t/d", 0, 0, 0));
	OK(rump_sys_mkdir("/t/d/e", 0777));
	EQUAL(status_of("/t/d/e/../..").st_ino, status_of("/t").st_ino);
	EQUAL(status_of("/t/d/e/../..").st_dev, status_of("/t").st_dev);
	OK(rump_sys_chdir("/t/d"));
	EQUAL(status_of("../..").st_ino, status_of("/").st_ino);
	return 0;
}
