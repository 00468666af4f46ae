/* needs: */
/* Times that go on for ever do, and very short periods stop nobody else. */
#include "events.h"

static int ends[2];

static void *
writer(void *argument)
{
	(void)argument;
	pause_milliseconds(50);
	OK(rump_sys_write(ends[1], "a", 1));
	return NULL;
}

int
main(void)
{
	struct timespec longest = { INT64_MAX, 999999999 };
	struct pollfd one;
	pthread_t thread;
	Event event;
	char byte;
	int queue;
	double start;

	boot();
	OK(rump_sys_pipe2(ends, 0));
	queue = OK(rump_sys_kqueue());
	OK(change(queue, 1, N_EVFILT_TIMER, N_EV_ADD, N_NOTE_SECONDS, INT64_MAX));
	OK(change(queue, 2, N_EVFILT_TIMER, N_EV_ADD | N_EV_ONESHOT, N_NOTE_ABSTIME | N_NOTE_SECONDS, INT64_MAX));
	no_event(queue);
	start = seconds_now();
	one = (struct pollfd){ .fd = ends[0], .events = N_POLLIN };
	thread = start_thread(writer, NULL);
	EQUAL(OK(rump_sys_pollts(&one, 1, &longest, NULL)), 1);
	join_thread(thread);
	EQUAL(OK(rump_sys_read(ends[0], &byte, 1)), 1);
	OK(change(queue, ends[0], N_EVFILT_READ, N_EV_ADD, 0, 0));
	thread = start_thread(writer, NULL);
	EQUAL(OK(rump_sys_kevent(queue, NULL, 0, (struct kevent *)&event, 1, &longest)), 1);
	EQUAL(event.ident, ends[0]);
	join_thread(thread);
	HOLDS(seconds_now() - start >= 0.1);
	EQUAL(OK(rump_sys_read(ends[0], &byte, 1)), 1);

	OK(change(queue, 3, N_EVFILT_TIMER, N_EV_ADD, N_NOTE_NSECONDS, 1));
	pause_milliseconds(20);
	event = one_event(queue);
	EQUAL(event.ident, 3);
	HOLDS(event.data > 1000000);
	return 0;
}
