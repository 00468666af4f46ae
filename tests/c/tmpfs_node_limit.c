/* needs: fs_tmpfs vfs */
/* A limit of nodes is ENOSPC for every call that makes one, and leaves no trace. */
#include "check.h"

int
main(void)
{
	char path[32];
	int made = 0;

	boot();
	OK(rump_sys_mkdir("/m", 0777));
	OK(try_mount_tmpfs("/m", 20, 0, 0));
	for (;; made++) {
		snprintf(path, sizeof path, "/m/f%d", made);
		int file = rump_sys_open(path, RUMP_O_CREAT | RUMP_O_RDWR, 0666);
		if (file == -1)
			break;
		OK(rump_sys_close(file));
		HOLDS(made < 20);
	}
	EQUAL(errno, RUMP_ENOSPC);
	HOLDS(made >= 17);
	FAILS(rump_sys_mkdir("/m/x", 0777), RUMP_ENOSPC);
	FAILS(rump_sys_symlink("a", "/m/x"), RUMP_ENOSPC);
	FAILS(rump_sys_mkfifo("/m/x", 0777), RUMP_ENOSPC);
	HOLDS(!exists("/m/x"));
	HOLDS(!exists(path));
	EQUAL(status_of("/m").st_nlink, 2);
	OK(rump_sys_link("/m/f0", "/m/l"));
	OK(rump_sys_unlink("/m/f1"));
	OK(rump_sys_mkdir("/m/x", 0777));
	FAILS(rump_sys_mkdir("/m/y", 0777), RUMP_ENOSPC);
	return 0;
}
