/* needs: fs_tmpfs vfs */
/* The empty path names nothing; an empty link target neither. */
#include "check.h"

int
main(void)
{
	char buffer[sizeof(Status)];

	boot_in_tmpfs();
	make_empty("f");
	FAILS(rump_sys_open("", RUMP_O_RDONLY), RUMP_ENOENT);
	FAILS(rump_sys_open("", RUMP_O_CREAT | RUMP_O_RDWR, 0666), RUMP_ENOENT);
	FAILS(rump_sys_stat("", (struct stat *)buffer), RUMP_ENOENT);
	FAILS(rump_sys_lstat("", (struct stat *)buffer), RUMP_ENOENT);
	FAILS(rump_sys_mkdir("", 0777), RUMP_ENOENT);
	FAILS(rump_sys_rmdir(""), RUMP_ENOENT);
	FAILS(rump_sys_unlink(""), RUMP_ENOENT);
	FAILS(rump_sys_chdir(""), RUMP_ENOENT);
	FAILS(rump_sys_rename("", "x"), RUMP_ENOENT);
	FAILS(rump_sys_rename("f", ""), RUMP_ENOENT);
	FAILS(rump_sys_link("", "x"), RUMP_ENOENT);
	FAILS(rump_sys_link("f", ""), RUMP_ENOENT);
	FAILS(rump_sys_symlink("x", ""), RUMP_ENOENT);
	FAILS(rump_sys_access("", 0), RUMP_ENOENT);
	FAILS(rump_sys_truncate("", 0), RUMP_ENOENT);
	return 0;
}
