/* needs: */
/* O_NONBLOCK: EAGAIN on empty and full; a write that fits only in part is short when it is larger than PIPE_BUF. */
#include "check.h"

int
main(void)
{
	int pair[2], waiting;
	static char block[300000];
	char buffer[600];

	boot();
	OK(rump_sys_pipe2(pair, RUMP_O_NONBLOCK));
	FAILS(rump_sys_read(pair[0], buffer, 1), RUMP_EAGAIN);
	size_t filled = (size_t)OK(rump_sys_write(pair[1], block, sizeof block));
	HOLDS(filled >= N_PIPE_BUF);
	HOLDS(filled < sizeof block);
	FAILS(rump_sys_write(pair[1], block, 1000), RUMP_EAGAIN);
	FAILS(rump_sys_write(pair[1], block, 1), RUMP_EAGAIN);
	OK(rump_sys_ioctl(pair[0], N_FIONREAD, &waiting));
	EQUAL(waiting, filled);
	/* Too little room for a write that must not be cut. */
	EQUAL(OK(rump_sys_read(pair[0], buffer, 100)), 100);
	FAILS(rump_sys_write(pair[1], block, N_PIPE_BUF), RUMP_EAGAIN);
	size_t rest = filled - 100;
	while (rest > 0)
		rest -= (size_t)OK(rump_sys_read(pair[0], block, sizeof block));
	FAILS(rump_sys_read(pair[0], buffer, 1), RUMP_EAGAIN);
	OK(rump_sys_close(pair[1]));
	EQUAL(OK(rump_sys_read(pair[0], buffer, 1)), 0);
	return 0;
}
