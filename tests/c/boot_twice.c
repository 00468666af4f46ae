/* needs: */
/* A second rump_init() does nothing and succeeds; processes stay. */
#include "check.h"

int
main(void)
{
	boot();
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR), 0);
	pid_t process = rump_sys_getpid();
	EQUAL(rump_init(), 0);
	EQUAL(rump_sys_getpid(), process);
	return 0;
}
