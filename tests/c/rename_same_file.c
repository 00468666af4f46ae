/* needs: fs_tmpfs vfs */
/* Renaming to itself changes nothing; between two names of one file POSIX keeps both, NetBSD's rename removes one. */
#include "check.h"

int
main(void)
{
	boot_in_tmpfs();
	make_empty("a");
	OK(rump_sys_rename("a", "a"));
	HOLDS(exists("a"));
	OK(rump_sys_mkdir("d", 0777));
	OK(rump_sys_rename("d", "d"));
	HOLDS(exists("d"));
	OK(rump_sys_rename("d", "./d"));
	OK(rump_sys_link("a", "b"));
	OK(rump_sys___posix_rename("a", "b"));
	HOLDS(exists("a"));
	HOLDS(exists("b"));
	EQUAL(status_of("a").st_nlink, 2);
	OK(rump_sys_rename("a", "b"));
	HOLDS(!exists("a"));
	EQUAL(status_of("b").st_nlink, 1);
	return 0;
}
