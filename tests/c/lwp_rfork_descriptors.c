/* needs: */
/* Descriptors of a new process: shared, copied or none. */
#include "check.h"

int
main(void)
{
	int pair[2], copy;
	struct lwp *first, *second;

	boot();
	first = new_process();
	OK(rump_sys_pipe2(pair, 0));

	/* Copied: the same files, but numbers of its own. */
	second = new_process();
	EQUAL(OK(rump_sys_write(pair[1], "1", 1)), 1);
	copy = OK(rump_sys_dup(pair[0]));
	rump_pub_lwproc_switch(first);
	FAILS(rump_sys_fcntl(copy, N_F_GETFD), RUMP_EBADF);
	OK(rump_sys_close(pair[1]));
	rump_pub_lwproc_switch(second);
	EQUAL(OK(rump_sys_write(pair[1], "2", 1)), 1);
	rump_pub_lwproc_releaselwp();

	/* None. */
	rump_pub_lwproc_switch(first);
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR), 0);
	FAILS(rump_sys_fcntl(pair[0], N_F_GETFD), RUMP_EBADF);
	rump_pub_lwproc_releaselwp();

	/* Shared: what one opens the other has. */
	rump_pub_lwproc_switch(first);
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_SHARE), 0);
	copy = OK(rump_sys_dup(pair[0]));
	rump_pub_lwproc_releaselwp();
	rump_pub_lwproc_switch(first);
	EQUAL(OK(rump_sys_fcntl(copy, N_F_GETFD)), 0);
	return 0;
}
