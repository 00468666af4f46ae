/* needs: fs_tmpfs vfs */
/* O_NOFOLLOW refuses a link as last component, and only there. */
#include "check.h"

int
main(void)
{
	boot_in_tmpfs();
	OK(rump_sys_mkdir("d", 0777));
	make_empty("d/f");
	OK(rump_sys_symlink("d", "ld"));
	OK(rump_sys_symlink("d/f", "lf"));
	FAILS(rump_sys_open("lf", RUMP_O_RDONLY | RUMP_O_NOFOLLOW), RUMP_EFTYPE);
	FAILS(rump_sys_open("ld", RUMP_O_RDONLY | RUMP_O_NOFOLLOW), RUMP_EFTYPE);
	OK(rump_sys_open("ld/f", RUMP_O_RDONLY | RUMP_O_NOFOLLOW));
	OK(rump_sys_open("d/f", RUMP_O_RDWR | RUMP_O_NOFOLLOW));
	FAILS(rump_sys_open("d/f", RUMP_O_RDONLY | RUMP_O_DIRECTORY), RUMP_ENOTDIR);
	OK(rump_sys_open("ld", RUMP_O_RDONLY | RUMP_O_DIRECTORY));
	return 0;
}
