/* needs: fs_tmpfs vfs */
/* With RUMP_MEMLIMIT, pipes and processes that do not fit are an error to their maker. */
#include "check.h"

int
main(void)
{
	int pair[2], made = 0;
	static char block[65536];

	setenv("RUMP_MEMLIMIT", "8m", 1);
	boot_in_tmpfs();
	for (;; made++) {
		if (rump_sys_pipe2(pair, RUMP_O_NONBLOCK) == -1)
			break;
		if (rump_sys_write(pair[1], block, sizeof block) == -1)
			break;
		HOLDS(made < 100000);
	}
	HOLDS(errno == RUMP_ENOMEM || errno == RUMP_ENFILE || errno == RUMP_EMFILE);
	return 0;
}
