/* needs: fs_tmpfs vfs */
/* With RUMP_MEMLIMIT, names and nodes that do not fit are an error to their maker. */
#include "check.h"

int
main(void)
{
	char path[300];
	int made = 0;

	setenv("RUMP_MEMLIMIT", is_simulated() ? "3m" : "8m", 1);
	boot_in_tmpfs();
	memset(path, 'n', sizeof path);
	for (;; made++) {
		snprintf(path + 200, 20, "%d", made);
		int file = rump_sys_open(path, RUMP_O_CREAT | RUMP_O_RDWR, 0666);
		if (file == -1)
			break;
		OK(rump_sys_close(file));
		HOLDS(made < 1000000);
	}
	HOLDS(errno == RUMP_ENOMEM || errno == RUMP_ENOSPC);
	/* What is there can be removed, and makes room. */
	for (int i = 0; i < made; i++) {
		snprintf(path + 200, 20, "%d", i);
		OK(rump_sys_unlink(path));
	}
	make_empty("g");
	return 0;
}
