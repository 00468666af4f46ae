/* needs: fs_tmpfs vfs */
/* A directory that has been removed has no parent any more; "." onto a directory is EISDIR, ".." EINVAL. */
#include "check.h"

int
main(void)
{
	boot_in_tmpfs();
	OK(rump_sys_mkdir("above", 0777));
	OK(rump_sys_mkdir("above/below", 0777));
	OK(rump_sys_mkdir("other", 0777));
	FAILS(rump_sys_rename("other", "above/."), RUMP_EISDIR);
	FAILS(rump_sys_rename("above", "above/."), RUMP_EISDIR);
	FAILS(rump_sys_rename("above/.", "above"), RUMP_EINVAL);
	FAILS(rump_sys_rename("above/.", "above/."), RUMP_EINVAL);
	FAILS(rump_sys_rename("other", "above/.."), RUMP_EINVAL);
	OK(rump_sys_chdir("above/below"));
	OK(rump_sys_chdir(".."));
	OK(rump_sys_chdir("below"));
	OK(rump_sys_rmdir("/t/above/below"));
	OK(rump_sys_rmdir("/t/above"));
	FAILS(rump_sys_chdir(".."), RUMP_ENOENT);
	FAILS(rump_sys_open("../other", RUMP_O_RDONLY), RUMP_ENOENT);
	FAILS(rump_sys_open("x", RUMP_O_CREAT | RUMP_O_RDWR, 0666), RUMP_ENOENT);
	OK(rump_sys_chdir("/t"));
	return 0;
}
