/* needs: fs_tmpfs vfs */
/* A file system that is mounted read-only takes nothing, and says so in its flags. */
#include "check.h"

int
main(void)
{
	struct rump_netbsd_statvfs found;

	boot();
	OK(rump_sys_mkdir("/m", 0777));
	OK(try_mount_tmpfs("/m", 0, 0, RUMP_MNT_RDONLY));
	FAILS(rump_sys_open("/m/f", RUMP_O_CREAT | RUMP_O_RDWR, 0666), RUMP_EROFS);
	FAILS(rump_sys_chmod("/m", 0), RUMP_EROFS);
	OK(rump_sys_statvfs1("/m", (struct statvfs *)&found, RUMP_MNT_WAIT));
	EQUAL(found.f_flag & RUMP_MNT_RDONLY, RUMP_MNT_RDONLY);
	return 0;
}
