/* needs: fs_tmpfs vfs */
/* A directory cannot move below itself, nor dot and dot-dot anywhere. */
#include "check.h"

int
main(void)
{
	boot_in_tmpfs();
	OK(rump_sys_mkdir("a", 0777));
	OK(rump_sys_mkdir("a/b", 0777));
	OK(rump_sys_mkdir("a/b/c", 0777));
	FAILS(rump_sys_rename("a", "a/x"), RUMP_EINVAL);
	FAILS(rump_sys_rename("a", "a/b/x"), RUMP_EINVAL);
	FAILS(rump_sys_rename("a", "a/b/c/x"), RUMP_EINVAL);
	FAILS(rump_sys_rename("a", "a/b"), RUMP_EINVAL);
	EQUAL(rump_sys_rename("a/b/c", "a/b"), -1);
	HOLDS(errno == RUMP_ENOTEMPTY || errno == RUMP_EINVAL);
	EQUAL(rump_sys_rename("a/b/c", "a"), -1);
	HOLDS(errno == RUMP_ENOTEMPTY || errno == RUMP_EINVAL);
	FAILS(rump_sys_rename("a/.", "x"), RUMP_EINVAL);
	FAILS(rump_sys_rename("a/b/..", "x"), RUMP_EINVAL);
	OK(rump_sys_chdir("a"));
	FAILS(rump_sys_rename(".", "x"), RUMP_EINVAL);
	EQUAL(rump_sys_rename("b", "."), -1);
	EQUAL(rump_sys_rename("b", ".."), -1);
	OK(rump_sys_rename("/t/a", "/t/z"));
	HOLDS(exists("b/c"));
	/* Up is fine. */
	OK(rump_sys_rename("b/c", "/t/c"));
	EQUAL(status_of("/t/c/..").st_ino, status_of("/t").st_ino);
	return 0;
}
