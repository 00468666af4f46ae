/* needs: */
/* EVFILT_READ and EVFILT_WRITE on a pipe: counts, what is level-triggered stays, and the end. */
#include "events.h"

int
main(void)
{
	static char bytes[65536];
	int ends[2];
	int queue;
	Event event;
	Event events[4];

	boot();
	queue = OK(rump_sys_kqueue());
	OK(rump_sys_pipe2(ends, RUMP_O_NONBLOCK));
	OK(change(queue, ends[0], N_EVFILT_READ, N_EV_ADD, 0, 0));
	no_event(queue);

	EQUAL(OK(rump_sys_write(ends[1], "abc", 3)), 3);
	for (int i = 0; i < 3; i++) {
		event = one_event(queue);
		EQUAL(event.ident, ends[0]);
		EQUAL(event.filter, N_EVFILT_READ);
		EQUAL(event.flags & (N_EV_EOF | N_EV_ERROR), 0);
		EQUAL(event.fflags, 0);
		EQUAL(event.data, 3);
		EQUAL(event.udata, ends[0] * 16 + N_EVFILT_READ);
	}
	EQUAL(OK(rump_sys_read(ends[0], bytes, 2)), 2);
	EQUAL(one_event(queue).data, 1);
	EQUAL(OK(rump_sys_read(ends[0], bytes, 2)), 1);
	no_event(queue);

	OK(change(queue, ends[1], N_EVFILT_WRITE, N_EV_ADD, 0, 0));
	event = one_event(queue);
	EQUAL(event.ident, ends[1]);
	EQUAL(event.filter, N_EVFILT_WRITE);
	HOLDS(event.data >= 4096);
	fill_pipe(ends[1]);
	event = one_event(queue);
	EQUAL(event.ident, ends[0]);
	EQUAL(events_of(queue, events, 4, 0), 1);
	while (rump_sys_read(ends[0], bytes, sizeof bytes) > 0)
		continue;
	EQUAL(one_event(queue).ident, ends[1]);

	/* The end: level-triggered too, with what is left. */
	EQUAL(OK(rump_sys_write(ends[1], "abc", 3)), 3);
	OK(rump_sys_close(ends[1]));
	for (int i = 0; i < 2; i++) {
		event = one_event(queue);
		EQUAL(event.ident, ends[0]);
		HOLDS(event.flags & N_EV_EOF);
		EQUAL(event.data, 3);
		EQUAL(events_of(queue, events, 4, 0), 1);
	}
	OK(change(queue, ends[0], N_EVFILT_READ, N_EV_DELETE, 0, 0));
	no_event(queue);
	FAILS(change(queue, ends[0], N_EVFILT_READ, N_EV_DELETE, 0, 0), RUMP_ENOENT);
	return 0;
}
