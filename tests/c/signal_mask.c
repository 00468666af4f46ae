/* The mask of an lwp changes as sigprocmask says; SIGKILL and SIGSTOP cannot be held back. */
#include "kernel_calls.h"

int
main(void)
{
	enum { BLOCK = 1, UNBLOCK, SET };
	struct netbsd_signals all = { { ~0ull, 0 } }, one = signals_of(30), now;

	rump_boot_setsigmodel(RUMP_SIGMODEL_RECORD);
	EQUAL(rump_init(), 0);
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR), 0);
	OK(kernel_call(CALL_SIGPROCMASK, BLOCK, (uintptr_t)&one, (uintptr_t)&now));
	EQUAL(now.words[0], 0);
	OK(kernel_call(CALL_SIGPROCMASK, 0, 0, (uintptr_t)&now));
	EQUAL(now.words[0], one.words[0]);
	OK(kernel_call(CALL_SIGPROCMASK, SET, (uintptr_t)&all, 0));
	OK(kernel_call(CALL_SIGPROCMASK, UNBLOCK, (uintptr_t)&one, (uintptr_t)&now));
	EQUAL(now.words[0] & (signals_of(9).words[0] | signals_of(17).words[0]), 0);
	OK(kernel_call(CALL_SIGPROCMASK, 0, 0, (uintptr_t)&now));
	EQUAL(now.words[0] & one.words[0], 0);
	FAILS(kernel_call(CALL_SIGPROCMASK, 7, (uintptr_t)&one, 0), RUMP_EINVAL);
	return 0;
}
