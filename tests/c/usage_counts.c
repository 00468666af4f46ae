/* needs: vfs */
/* getrusage counts signals and waits. */
#include "kernel_calls.h"

int
main(void)
{
	struct { int64_t times[4], numbers[14]; } before, after;
	struct timespec moment = { 0, 1000000 };

	rump_boot_setsigmodel(RUMP_SIGMODEL_RECORD);
	EQUAL(rump_init(), 0);
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR), 0);
	OK(kernel_call(445, 0, (uintptr_t)&before, 0));
	for (int i = 0; i < 3; i++) {
		OK(rump_sys_nanosleep(&moment, NULL));
		OK(kernel_call(CALL_KILL, (uint64_t)rump_sys_getpid(), 16, 0));
	}
	OK(kernel_call(445, 0, (uintptr_t)&after, 0));
	EQUAL(after.numbers[11] - before.numbers[11], 3);
	HOLDS(after.numbers[12] - before.numbers[12] >= 3);
	FAILS(kernel_call(445, 5, (uintptr_t)&after, 0), RUMP_EINVAL);
	OK(kernel_call(445, (uint64_t)-1, (uintptr_t)&after, 0));
	return 0;
}
