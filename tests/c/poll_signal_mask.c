/* needs: */
/* pollts and pselect: a pending signal that the given mask lets through ends the wait; what is ready comes first. */
#include "events.h"
#include "kernel_calls.h"

enum { SIGNAL = 30, BLOCK = 1 };

static int target;

static void *
sender(void *argument)
{
	(void)argument;
	pause_milliseconds(30);
	OK(kernel_call(CALL_KILL, (uint64_t)target, SIGNAL, 0));
	return NULL;
}

int
main(void)
{
	struct netbsd_signals blocked = signals_of(SIGNAL), none = { { 0, 0 } }, now;
	struct timespec time = { 0, 20000000 };
	struct pollfd one;
	pthread_t thread;
	Event event;
	int ends[2];
	int queue;

	rump_boot_setsigmodel(RUMP_SIGMODEL_RECORD);
	boot();
	new_process();
	target = rump_sys_getpid();
	OK(rump_sys_pipe2(ends, 0));
	one = (struct pollfd){ .fd = ends[0], .events = N_POLLIN };
	OK(kernel_call(CALL_SIGPROCMASK, BLOCK, (uintptr_t)&blocked, 0));
	OK(kernel_call(CALL_KILL, (uint64_t)target, SIGNAL, 0));
	EQUAL(OK(rump_sys_pollts(&one, 1, &time, (void *)&blocked)), 0);
	FAILS(rump_sys_pollts(&one, 1, NULL, (void *)&none), RUMP_EINTR);
	FAILS(rump_sys_pselect(0, NULL, NULL, NULL, NULL, (void *)&none), RUMP_EINTR);
	OK(kernel_call(CALL_SIGPROCMASK, 0, 0, (uintptr_t)&now));
	EQUAL(now.words[0], blocked.words[0]);

	EQUAL(kernel_call(CALL_SIGTIMEDWAIT, (uintptr_t)&blocked, 0, 0), SIGNAL);
	thread = start_thread(sender, NULL);
	FAILS(rump_sys_pollts(&one, 1, NULL, (void *)&none), RUMP_EINTR);
	join_thread(thread);
	EQUAL(kernel_call(CALL_SIGTIMEDWAIT, (uintptr_t)&blocked, 0, 0), SIGNAL);

	/* Without a mask of their own, with the signal let through. */
	OK(kernel_call(CALL_SIGPROCMASK, BLOCK + 1, (uintptr_t)&blocked, 0));
	thread = start_thread(sender, NULL);
	FAILS(rump_sys_poll(&one, 1, -1), RUMP_EINTR);
	join_thread(thread);
	queue = OK(rump_sys_kqueue());
	thread = start_thread(sender, NULL);
	FAILS(rump_sys_kevent(queue, NULL, 0, (struct kevent *)&event, 1, NULL), RUMP_EINTR);
	join_thread(thread);

	OK(rump_sys_write(ends[1], "a", 1));
	EQUAL(OK(rump_sys_pollts(&one, 1, NULL, (void *)&none)), 1);
	return 0;
}
