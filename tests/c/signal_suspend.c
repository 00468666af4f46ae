/* sigsuspend waits with another mask, gives EINTR when a signal is there, and puts the mask back. */
#include "kernel_calls.h"

static pid_t waiter;

static void *
wait_for_it(void *argument)
{
	struct netbsd_signals held = signals_of(30), none = { { 0, 0 } }, now;

	(void)argument;
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR), 0);
	OK(kernel_call(CALL_SIGPROCMASK, 1, (uintptr_t)&held, 0));
	__atomic_store_n(&waiter, rump_sys_getpid(), __ATOMIC_SEQ_CST);
	FAILS(kernel_call(CALL_SIGSUSPEND, (uintptr_t)&none, 0, 0), RUMP_EINTR);
	OK(kernel_call(CALL_SIGPROCMASK, 0, 0, (uintptr_t)&now));
	EQUAL(now.words[0], held.words[0]);
	HOLDS(is_pending(30));
	rump_pub_lwproc_releaselwp();
	return NULL;
}

int
main(void)
{
	pthread_t thread;
	pid_t process;

	rump_boot_setsigmodel(RUMP_SIGMODEL_RECORD);
	EQUAL(rump_init(), 0);
	EQUAL(pthread_create(&thread, NULL, wait_for_it, NULL), 0);
	while ((process = __atomic_load_n(&waiter, __ATOMIC_SEQ_CST)) == 0)
		usleep(1000);
	/* Before or after it sleeps: the signal is not lost. */
	OK(kernel_call(CALL_KILL, (uint64_t)process, 30, 0));
	EQUAL(pthread_join(thread, NULL), 0);
	return 0;
}
