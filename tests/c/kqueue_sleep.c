/* needs: */
/* A sleeping kevent wakes for what it waits for, for what is added meanwhile, and when its queue is closed. */
#include "events.h"

static int queue;
static int ends[2];

static void *
act(void *argument)
{
	pause_milliseconds(30);
	switch ((intptr_t)argument) {
	case 0:
		OK(rump_sys_write(ends[1], "a", 1));
		break;
	case 1:
		OK(change(queue, ends[1], N_EVFILT_WRITE, N_EV_ADD, 0, 0));
		break;
	case 2:
		OK(rump_sys_close(queue));
		break;
	}
	return NULL;
}

int
main(void)
{
	pthread_t thread;
	Event event;
	char byte;

	boot();
	queue = OK(rump_sys_kqueue());
	OK(rump_sys_pipe2(ends, 0));
	OK(change(queue, ends[0], N_EVFILT_READ, N_EV_ADD, 0, 0));
	thread = start_thread(act, (void *)0);
	EQUAL(events_of(queue, &event, 1, -1), 1);
	EQUAL(event.ident, ends[0]);
	join_thread(thread);
	EQUAL(OK(rump_sys_read(ends[0], &byte, 1)), 1);

	thread = start_thread(act, (void *)1);
	EQUAL(events_of(queue, &event, 1, -1), 1);
	EQUAL(event.ident, ends[1]);
	join_thread(thread);
	OK(change(queue, ends[1], N_EVFILT_WRITE, N_EV_DELETE, 0, 0));

	thread = start_thread(act, (void *)2);
	FAILS(rump_sys_kevent(queue, NULL, 0, (struct kevent *)&event, 1, NULL), RUMP_EBADF);
	join_thread(thread);
	return 0;
}
