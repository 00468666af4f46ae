/* needs: */
/* EVFILT_USER: triggered by hand, with flags that are combined. */
#include "events.h"

int
main(void)
{
	int queue;
	Event event;

	boot();
	queue = OK(rump_sys_kqueue());
	FAILS(change(queue, 7, N_EVFILT_USER, 0, N_NOTE_TRIGGER, 0), RUMP_ENOENT);
	OK(change(queue, 7, N_EVFILT_USER, N_EV_ADD | N_EV_CLEAR, 0, 0));
	no_event(queue);
	OK(change(queue, 7, N_EVFILT_USER, 0, N_NOTE_FFCOPY | 0xf0, 0));
	no_event(queue);
	OK(change(queue, 7, N_EVFILT_USER, 0, N_NOTE_TRIGGER | N_NOTE_FFOR | 0x3, 11));
	event = one_event(queue);
	EQUAL(event.ident, 7);
	EQUAL(event.filter, N_EVFILT_USER);
	EQUAL(event.fflags, 0xf3);
	EQUAL(event.data, 11);
	no_event(queue);
	OK(change(queue, 7, N_EVFILT_USER, 0, N_NOTE_TRIGGER | N_NOTE_FFAND | 0x33, 0));
	EQUAL(one_event(queue).fflags, 0x33);
	OK(change(queue, 7, N_EVFILT_USER, 0, N_NOTE_TRIGGER, 0));
	OK(change(queue, 7, N_EVFILT_USER, 0, N_NOTE_TRIGGER, 0));
	EQUAL(one_event(queue).fflags, 0x33);
	no_event(queue);

	/* Without EV_CLEAR it stays. */
	OK(change(queue, 8, N_EVFILT_USER, N_EV_ADD, N_NOTE_TRIGGER, 0));
	EQUAL(one_event(queue).ident, 8);
	EQUAL(one_event(queue).ident, 8);
	OK(change(queue, 8, N_EVFILT_USER, N_EV_CLEAR, 0, 0));
	no_event(queue);
	OK(change(queue, 8, N_EVFILT_USER, N_EV_DISABLE, N_NOTE_TRIGGER, 0));
	no_event(queue);
	OK(change(queue, 8, N_EVFILT_USER, N_EV_ENABLE, 0, 0));
	EQUAL(one_event(queue).ident, 8);
	OK(change(queue, 8, N_EVFILT_USER, N_EV_DELETE, 0, 0));
	no_event(queue);
	return 0;
}
