/* needs: */
/* EV_ADD of what is there changes its user data, and looks again. One filter and identifier is one knote. */
#include "events.h"

int
main(void)
{
	int ends[2];
	int queue;
	Event event, events[4];

	boot();
	queue = OK(rump_sys_kqueue());
	OK(rump_sys_pipe2(ends, 0));
	OK(rump_sys_write(ends[1], "ab", 2));
	OK(change(queue, ends[0], N_EVFILT_READ, N_EV_ADD, 0, 0));
	event = (Event){ .ident = ends[0], .filter = N_EVFILT_READ, .flags = N_EV_ADD, .udata = 1234 };
	OK(rump_sys_kevent(queue, (struct kevent *)&event, 1, NULL, 0, NULL));
	EQUAL(events_of(queue, events, 4, 0), 1);
	EQUAL(events[0].udata, 1234);
	OK(change(queue, ends[0], N_EVFILT_WRITE, N_EV_ADD, 0, 0));
	EQUAL(events_of(queue, events, 4, 0), 1);
	OK(change(queue, ends[0], N_EVFILT_READ, N_EV_DELETE, 0, 0));
	no_event(queue);

	/* A look again tells of what EV_CLEAR had put aside. */
	OK(change(queue, ends[0], N_EVFILT_READ, N_EV_ADD | N_EV_CLEAR, 0, 0));
	EQUAL(one_event(queue).data, 2);
	no_event(queue);
	OK(change(queue, ends[0], N_EVFILT_READ, N_EV_ADD | N_EV_CLEAR, 0, 0));
	EQUAL(one_event(queue).data, 2);
	return 0;
}
