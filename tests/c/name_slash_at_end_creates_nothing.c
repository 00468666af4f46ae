/* needs: fs_tmpfs vfs */
/* A name with a slash at its end makes directories only. */
#include "check.h"

int
main(void)
{
	boot_in_tmpfs();
	make_empty("f");
	int value = rump_sys_open("n/", RUMP_O_CREAT | RUMP_O_RDWR, 0666);
	EQUAL(value, -1);
	HOLDS(errno == RUMP_EISDIR || errno == RUMP_ENOENT);
	HOLDS(!exists("n"));
	HOLDS(rump_sys_open("f/", RUMP_O_CREAT | RUMP_O_RDWR, 0666) == -1);
	HOLDS(rump_sys_mkfifo("n/", 0666) == -1);
	HOLDS(rump_sys_mknod("n/", S_IFREG | 0666, 0) == -1);
	HOLDS(rump_sys_symlink("f", "n/") == -1);
	HOLDS(rump_sys_link("f", "n/") == -1);
	HOLDS(rump_sys_rename("f", "n/") == -1);
	HOLDS(!exists("n"));
	HOLDS(exists("f"));
	return 0;
}
