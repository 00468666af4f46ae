/* needs: fs_tmpfs vfs */
/* Links that lead to one another are ELOOP, as are more than 32 in a row; what does not follow works on them. */
#include "check.h"

int
main(void)
{
	char name[16], target[16], buffer[64];

	boot_in_tmpfs();
	OK(rump_sys_symlink("b", "a"));
	OK(rump_sys_symlink("a", "b"));
	OK(rump_sys_symlink("self/x", "self"));
	FAILS(rump_sys_open("a", RUMP_O_RDONLY), RUMP_ELOOP);
	FAILS(rump_sys_open("a", RUMP_O_RDWR | RUMP_O_CREAT, 0666), RUMP_ELOOP);
	FAILS(rump_sys_open("a/x", RUMP_O_RDONLY), RUMP_ELOOP);
	FAILS(rump_sys_open("self", RUMP_O_RDONLY), RUMP_ELOOP);
	FAILS(rump_sys_stat("a", (struct stat *)buffer), RUMP_ELOOP);
	FAILS(rump_sys_chdir("a"), RUMP_ELOOP);
	FAILS(rump_sys_truncate("a", 0), RUMP_ELOOP);
	FAILS(rump_sys_access("a", 0), RUMP_ELOOP);
	FAILS(rump_sys_mkdir("a/x", 0777), RUMP_ELOOP);
	FAILS(rump_sys_unlink("a/x"), RUMP_ELOOP);
	FAILS(rump_sys_rename("a/x", "y"), RUMP_ELOOP);
	EQUAL(status_of("a").st_mode & S_IFMT, S_IFLNK);
	EQUAL(OK(rump_sys_readlink("a", buffer, sizeof buffer)), 1);
	OK(rump_sys_rename("a", "c"));
	OK(rump_sys_unlink("c"));
	OK(rump_sys_unlink("b"));

	/* 32 links are followed, 33 are not. */
	make_empty("l0");
	for (int i = 1; i <= 34; i++) {
		snprintf(name, sizeof name, "l%d", i);
		snprintf(target, sizeof target, "l%d", i - 1);
		OK(rump_sys_symlink(target, name));
	}
	OK(rump_sys_access("l32", 0));
	FAILS(rump_sys_access("l33", 0), RUMP_ELOOP);
	FAILS(rump_sys_access("l34", 0), RUMP_ELOOP);
	return 0;
}
