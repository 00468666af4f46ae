/* needs: vfs */
/* RLIMIT_NOFILE bounds the numbers: EMFILE, and room again after a close. */
#include "check.h"

int
main(void)
{
	struct rlimit limit;
	int pair[2], last = -1;

	boot();
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR), 0);
	OK(rump_sys_getrlimit(N_RLIMIT_NOFILE, &limit));
	HOLDS(limit.rlim_cur <= limit.rlim_max);
	limit.rlim_cur = 8;
	OK(rump_sys_setrlimit(N_RLIMIT_NOFILE, &limit));
	for (int i = 0; i < 8; i++)
		last = OK(rump_sys_open("/", RUMP_O_RDONLY));
	EQUAL(last, 7);
	FAILS(rump_sys_open("/", RUMP_O_RDONLY), RUMP_EMFILE);
	FAILS(rump_sys_dup(0), RUMP_EMFILE);
	FAILS(rump_sys_fcntl(0, N_F_DUPFD, 3), RUMP_EMFILE);
	FAILS(rump_sys_fcntl(0, N_F_DUPFD, 8), RUMP_EINVAL);
	FAILS(rump_sys_fcntl(0, N_F_DUPFD, -1), RUMP_EINVAL);
	FAILS(rump_sys_dup2(0, 8), RUMP_EBADF);
	OK(rump_sys_close(5));
	/* Room for one end only: none is made. */
	FAILS(rump_sys_pipe2(pair, 0), RUMP_EMFILE);
	EQUAL(OK(rump_sys_open("/", RUMP_O_RDONLY)), 5);
	/* An open that fails for want of a number makes no file. */
	FAILS(rump_sys_open("/new", RUMP_O_CREAT | RUMP_O_RDWR, 0666), RUMP_EMFILE);
	/* A child inherits the limit. */
	new_process();
	FAILS(rump_sys_dup(0), RUMP_EMFILE);
	return 0;
}
