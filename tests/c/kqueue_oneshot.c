/* needs: */
/* EV_ONESHOT: one event, and the knote is gone. */
#include "events.h"

int
main(void)
{
	int ends[2];
	int queue;
	Event event;

	boot();
	queue = OK(rump_sys_kqueue());
	OK(rump_sys_pipe2(ends, 0));
	OK(change(queue, ends[0], N_EVFILT_READ, N_EV_ADD | N_EV_ONESHOT, 0, 0));
	no_event(queue);
	OK(rump_sys_write(ends[1], "ab", 2));
	event = one_event(queue);
	EQUAL(event.ident, ends[0]);
	EQUAL(event.data, 2);
	HOLDS(event.flags & N_EV_ONESHOT);
	no_event(queue);
	FAILS(change(queue, ends[0], N_EVFILT_READ, N_EV_DELETE, 0, 0), RUMP_ENOENT);
	OK(change(queue, ends[0], N_EVFILT_READ, N_EV_ADD | N_EV_ONESHOT, 0, 0));
	EQUAL(one_event(queue).data, 2);
	no_event(queue);
	return 0;
}
