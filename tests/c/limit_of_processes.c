/* RLIMIT_NPROC bounds the processes of a user who is not the superuser. */
#include "check.h"

int
main(void)
{
	struct { uint64_t current, maximum; } limit = { 3, 3 };

	EQUAL(rump_init(), 0);
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR), 0);
	OK(rump_sys_setrlimit(7, (void *)&limit));
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR), 0);
	OK(rump_sys_setuid(12));
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR), 0);
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR), 0);
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR), RUMP_EAGAIN);
	rump_pub_lwproc_releaselwp();
	return 0;
}
