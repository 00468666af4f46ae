/* needs: vfs */
/* A signal ends the sleeps of its process early: nanosleep says what is left, a read of a pipe gives EINTR; a signal that is held back does neither. */
#include "kernel_calls.h"

static pid_t sleeper;
static int pair[2];

static void *
sleep_and_read(void *argument)
{
	struct timespec long_time = { 30, 0 }, left = { 0, 0 };
	char byte;

	(void)argument;
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_SHARE), 0);
	__atomic_store_n(&sleeper, rump_sys_getpid(), __ATOMIC_SEQ_CST);
	FAILS(rump_sys_nanosleep(&long_time, &left), RUMP_EINTR);
	HOLDS(left.tv_sec >= 1 && left.tv_sec < 30);
	FAILS(rump_sys_read(pair[0], &byte, 1), RUMP_EINTR);
	/* Held back, a signal does not disturb. */
	struct netbsd_signals mask = signals_of(15);
	OK(kernel_call(CALL_SIGPROCMASK, 1, (uintptr_t)&mask, 0));
	__atomic_store_n(&sleeper, 0, __ATOMIC_SEQ_CST);
	EQUAL(rump_sys_read(pair[0], &byte, 1), 1);
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
	OK(rump_sys_pipe(pair));
	EQUAL(pthread_create(&thread, NULL, sleep_and_read, NULL), 0);
	while ((process = __atomic_load_n(&sleeper, __ATOMIC_SEQ_CST)) == 0)
		usleep(1000);
	while (__atomic_load_n(&sleeper, __ATOMIC_SEQ_CST) != 0) {
		OK(kernel_call(CALL_KILL, (uint64_t)process, 15, 0));
		usleep(2000);
	}
	usleep(20000);
	OK(kernel_call(CALL_KILL, (uint64_t)process, 15, 0));
	usleep(20000);
	EQUAL(rump_sys_write(pair[1], "x", 1), 1);
	EQUAL(pthread_join(thread, NULL), 0);
	return 0;
}
