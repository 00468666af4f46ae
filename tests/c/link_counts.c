/* needs: fs_tmpfs vfs */
/* Link counts of files and directories through all that changes them. */
#include "check.h"

int
main(void)
{
	boot_in_tmpfs();
	EQUAL(status_of("/t").st_nlink, 2);
	make_empty("a");
	EQUAL(status_of("a").st_nlink, 1);
	EQUAL(status_of("/t").st_nlink, 2);
	OK(rump_sys_link("a", "b"));
	EQUAL(status_of("a").st_nlink, 2);
	OK(rump_sys_mkdir("d", 0777));
	EQUAL(status_of("/t").st_nlink, 3);
	EQUAL(status_of("d").st_nlink, 2);
	OK(rump_sys_link("a", "d/c"));
	EQUAL(status_of("b").st_nlink, 3);
	FAILS(rump_sys_link("d", "e"), RUMP_EPERM);
	FAILS(rump_sys_link("none", "e"), RUMP_ENOENT);
	FAILS(rump_sys_link("a", "b"), RUMP_EEXIST);
	OK(rump_sys_unlink("b"));
	EQUAL(status_of("a").st_nlink, 2);
	OK(rump_sys_rename("a", "d/c"));
	EQUAL(status_of("d/c").st_nlink, 1);
	OK(rump_sys_unlink("d/c"));
	OK(rump_sys_symlink("d", "l"));
	EQUAL(status_of("l").st_nlink, 1);
	OK(rump_sys_rmdir("d"));
	EQUAL(status_of("/t").st_nlink, 2);
	return 0;
}
