/* needs: fs_tmpfs vfs */
/* rmdir(2): full, dot, dot-dot, mount points, what is no directory; a removed one takes no names. */
#include "check.h"

int
main(void)
{
	boot_in_tmpfs();
	OK(rump_sys_mkdir("d", 0777));
	make_empty("d/f");
	FAILS(rump_sys_rmdir("d"), RUMP_ENOTEMPTY);
	FAILS(rump_sys_rmdir("d/f"), RUMP_ENOTDIR);
	FAILS(rump_sys_rmdir("none"), RUMP_ENOENT);
	FAILS(rump_sys_rmdir("d/."), RUMP_EINVAL);
	HOLDS(rump_sys_rmdir("d/..") == -1);
	FAILS(rump_sys_rmdir("/t"), RUMP_EBUSY);
	HOLDS(rump_sys_rmdir("/") == -1);
	OK(rump_sys_symlink("d", "l"));
	FAILS(rump_sys_rmdir("l"), RUMP_ENOTDIR);
	OK(rump_sys_unlink("d/f"));
	int directory = OK(rump_sys_open("d", RUMP_O_RDONLY));
	OK(rump_sys_rmdir("d"));
	EQUAL(descriptor_status(directory).st_nlink, 0);
	FAILS(rump_sys_openat(directory, "f", RUMP_O_CREAT | RUMP_O_RDWR, 0666), RUMP_ENOENT);
	FAILS(rump_sys_mkdirat(directory, "e", 0777), RUMP_ENOENT);
	return 0;
}
