/* needs: fs_tmpfs vfs */
/* The superuser reads and writes anything, but executes only what somebody may; directories are searched always. */
#include "check.h"

int
main(void)
{
	boot_in_tmpfs();
	make_empty("f");
	OK(rump_sys_chmod("f", 0));
	OK(rump_sys_access("f", R_OK | W_OK));
	FAILS(rump_sys_access("f", X_OK), RUMP_EACCES);
	OK(rump_sys_chmod("f", 0001));
	OK(rump_sys_access("f", X_OK));
	OK(rump_sys_mkdir("d", 0));
	OK(rump_sys_access("d", R_OK | W_OK | X_OK));
	OK(rump_sys_chdir("d"));
	return 0;
}
