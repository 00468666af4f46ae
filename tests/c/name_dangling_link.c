/* needs: fs_tmpfs vfs */
/* O_CREAT through a dangling link makes its target; O_EXCL does not follow; mkdir neither. */
#include "check.h"

int
main(void)
{
	boot_in_tmpfs();
	OK(rump_sys_mkdir("d", 0777));
	OK(rump_sys_symlink("d/target", "l"));
	FAILS(rump_sys_open("l", RUMP_O_RDONLY), RUMP_ENOENT);
	FAILS(rump_sys_open("l", RUMP_O_CREAT | RUMP_O_EXCL | RUMP_O_RDWR, 0666), RUMP_EEXIST);
	HOLDS(!exists("d/target"));
	FAILS(rump_sys_mkdir("l", 0777), RUMP_EEXIST);
	FAILS(rump_sys_mkfifo("l", 0777), RUMP_EEXIST);
	FAILS(rump_sys_symlink("x", "l"), RUMP_EEXIST);
	FAILS(rump_sys_link("d/none", "l"), RUMP_ENOENT);
	HOLDS(!exists("d/target"));
	int file = OK(rump_sys_open("l", RUMP_O_CREAT | RUMP_O_RDWR, 0666));
	HOLDS(exists("d/target"));
	EQUAL(descriptor_status(file).st_ino, status_of("d/target").st_ino);
	FAILS(rump_sys_open("l", RUMP_O_CREAT | RUMP_O_EXCL | RUMP_O_RDWR, 0666), RUMP_EEXIST);
	/* Its directory is not there. */
	OK(rump_sys_symlink("nowhere/target", "m"));
	FAILS(rump_sys_open("m", RUMP_O_CREAT | RUMP_O_RDWR, 0666), RUMP_ENOENT);
	/* A chain of two. */
	OK(rump_sys_symlink("second", "first"));
	OK(rump_sys_symlink("/t/d/last", "second"));
	OK(rump_sys_open("first", RUMP_O_CREAT | RUMP_O_RDWR, 0666));
	HOLDS(exists("d/last"));
	return 0;
}
