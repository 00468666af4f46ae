/* needs: fs_tmpfs vfs */
/* MNT_FORCE takes a busy file system away; what was open there fails and can be closed. */
#include "check.h"

int
main(void)
{
	char byte;

	boot();
	OK(rump_sys_mkdir("/m", 0777));
	OK(try_mount_tmpfs("/m", 0, 0, 0));
	int file = OK(rump_sys_open("/m/f", RUMP_O_CREAT | RUMP_O_RDWR, 0666));
	EQUAL(OK(rump_sys_write(file, "x", 1)), 1);
	new_process();
	OK(rump_sys_mkdir("/m/d", 0777));
	OK(rump_sys_chdir("/m/d"));
	OK(rump_sys_unmount("/m", RUMP_MNT_FORCE));
	HOLDS(!exists("/m/f"));
	EQUAL(rump_sys_pread(file, &byte, 1, 0), -1);
	EQUAL(rump_sys_pwrite(file, &byte, 1, 0), -1);
	EQUAL(rump_sys_open("f", RUMP_O_CREAT | RUMP_O_RDWR, 0666), -1);
	OK(rump_sys_close(file));
	OK(rump_sys_chdir("/"));
	OK(try_mount_tmpfs("/m", 0, 0, 0));
	HOLDS(!exists("/m/f"));
	OK(rump_sys_unmount("/m", 0));
	return 0;
}
