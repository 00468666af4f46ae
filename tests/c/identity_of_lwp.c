/* _lwp_self numbers the lwps of a process; issetugid says whether set-id bits made the process what it is. */
#include "kernel_calls.h"

int
main(void)
{
	EQUAL(rump_init(), 0);
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR), 0);
	long first = OK(kernel_call(311, 0, 0, 0));
	HOLDS(first >= 1);
	EQUAL(kernel_call(311, 0, 0, 0), first);
	EQUAL(rump_pub_lwproc_newlwp(rump_sys_getpid()), 0);
	long second = OK(kernel_call(311, 0, 0, 0));
	HOLDS(second != first);
	EQUAL(rump_sys_issetugid(), 0);
	return 0;
}
