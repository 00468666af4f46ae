/* needs: */
/* Changes that fail are put down as events while there is room for them; EV_RECEIPT puts every change down. */
#include "events.h"

int
main(void)
{
	int ends[2];
	int queue;
	Event events[4];

	boot();
	queue = OK(rump_sys_kqueue());
	OK(rump_sys_pipe2(ends, 0));
	OK(rump_sys_write(ends[1], "a", 1));

	/* In and out in one array, as programs like to. */
	memset(events, 0, sizeof events);
	events[0] = (Event){ .ident = 99, .filter = N_EVFILT_READ, .flags = N_EV_ADD, .udata = 5 };
	events[1] = (Event){ .ident = ends[0], .filter = N_EVFILT_READ, .flags = N_EV_ADD };
	events[2] = (Event){ .ident = ends[1], .filter = N_EVFILT_READ, .flags = N_EV_DELETE };
	EQUAL(OK(rump_sys_kevent(queue, (struct kevent *)events, 3, (struct kevent *)events, 4, NULL)), 2);
	EQUAL(events[0].ident, 99);
	EQUAL(events[0].flags, N_EV_ERROR);
	EQUAL(events[0].data, RUMP_EBADF);
	EQUAL(events[0].udata, 5);
	EQUAL(events[1].ident, ends[1]);
	EQUAL(events[1].flags, N_EV_ERROR);
	EQUAL(events[1].data, RUMP_ENOENT);
	/* The one between was made all the same. */
	EQUAL(one_event(queue).ident, ends[0]);

	events[0] = (Event){ .ident = ends[1], .filter = N_EVFILT_WRITE, .flags = N_EV_ADD | N_EV_RECEIPT };
	EQUAL(OK(rump_sys_kevent(queue, (struct kevent *)events, 1, (struct kevent *)events, 4, NULL)), 1);
	EQUAL(events[0].ident, ends[1]);
	EQUAL(events[0].flags, N_EV_ERROR);
	EQUAL(events[0].data, 0);
	EQUAL(events_of(queue, events, 4, 0), 2);

	/* The flags that the kernel gives cannot be set. */
	OK(change(queue, ends[1], N_EVFILT_READ, N_EV_ADD | N_EV_EOF | N_EV_ERROR, 0, 0));
	EQUAL(events_of(queue, events, 4, 0), 2);
	HOLDS(!(events[0].flags & (N_EV_EOF | N_EV_ERROR)) && !(events[1].flags & (N_EV_EOF | N_EV_ERROR)));
	return 0;
}
