/* needs: fs_tmpfs vfs */
/* fchroot makes a directory that is open the root; only the superuser may, and only a directory will do. */
#include "check.h"

int
main(void)
{
	boot_in_tmpfs();
	OK(rump_sys_mkdir("inner", 0755));
	make_empty("inner/here");
	make_empty("outside");
	new_process();
	int directory = OK(rump_sys_open("inner", RUMP_O_RDONLY));
	int file = OK(rump_sys_open("outside", RUMP_O_RDONLY));
	FAILS(rump_sys_fchroot(file), RUMP_ENOTDIR);
	FAILS(rump_sys_fchroot(99), RUMP_EBADF);
	OK(rump_sys_fchroot(directory));
	HOLDS(exists("/here"));
	HOLDS(!exists("/outside"));
	HOLDS(exists("/../here"));
	new_process();
	OK(rump_sys_setuid(3));
	FAILS(rump_sys_fchroot(directory), RUMP_EPERM);
	return 0;
}
