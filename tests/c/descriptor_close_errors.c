/* needs: */
/* close(2) of what is not open; a number closed twice. */
#include "check.h"

int
main(void)
{
	int pair[2];

	boot();
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR), 0);
	FAILS(rump_sys_close(0), RUMP_EBADF);
	FAILS(rump_sys_close(-1), RUMP_EBADF);
	FAILS(rump_sys_close(INT32_MAX), RUMP_EBADF);
	FAILS(rump_sys_close(INT32_MIN), RUMP_EBADF);
	OK(rump_sys_pipe2(pair, 0));
	OK(rump_sys_close(pair[0]));
	FAILS(rump_sys_close(pair[0]), RUMP_EBADF);
	return 0;
}
