/* needs: */
/* A queue can be watched: by poll, and by another queue. */
#include "events.h"

static int outer;
static Event seen;

static void *
waiter(void *argument)
{
	(void)argument;
	EQUAL(events_of(outer, &seen, 1, -1), 1);
	return NULL;
}

int
main(void)
{
	int ends[2];
	int inner;
	pthread_t thread;
	char byte;

	boot();
	inner = OK(rump_sys_kqueue());
	outer = OK(rump_sys_kqueue());
	OK(rump_sys_pipe2(ends, 0));
	OK(change(inner, ends[0], N_EVFILT_READ, N_EV_ADD, 0, 0));
	OK(change(outer, inner, N_EVFILT_READ, N_EV_ADD, 0, 0));
	no_event(outer);
	thread = start_thread(waiter, NULL);
	pause_milliseconds(20);
	OK(rump_sys_write(ends[1], "a", 1));
	join_thread(thread);
	EQUAL(seen.ident, inner);
	EQUAL(seen.data, 1);
	EQUAL(poll_one(outer, N_POLLIN, -1), N_POLLIN);
	EQUAL(one_event(inner).ident, ends[0]);
	EQUAL(OK(rump_sys_read(ends[0], &byte, 1)), 1);
	no_event(inner);
	no_event(outer);
	OK(rump_sys_close(inner));
	no_event(outer);
	return 0;
}
