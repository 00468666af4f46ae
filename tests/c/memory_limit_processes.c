/* needs: fs_tmpfs vfs */
/* With RUMP_MEMLIMIT, processes that do not fit are an error to their maker. */
#include "check.h"

int
main(void)
{
	int error = 0, made = 0;

	setenv("RUMP_MEMLIMIT", "8m", 1);
	boot_in_tmpfs();
	for (; error == 0; made++) {
		error = rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR);
		HOLDS(made < 1000000);
	}
	HOLDS(error == RUMP_ENOMEM || error == RUMP_EAGAIN);
	return 0;
}
