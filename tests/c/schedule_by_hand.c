/* needs: vfs */
/* Calls work between rump_schedule() and rump_unschedule() of another thread, and nested. */
#include "check.h"

int
main(void)
{
	boot();
	for (int i = 0; i < 1000; i++) {
		rump_schedule();
		rump_unschedule();
	}
	HOLDS(rump_pub_lwproc_curlwp() == NULL);
	EQUAL(rump_sys_getpid(), 1);
	return 0;
}
