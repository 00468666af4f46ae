/* needs: */
/* EVFILT_TIMER: periodic, counting what was missed; once; changed while it runs; and gone when deleted. */
#include "events.h"

int
main(void)
{
	int queue;
	Event event;
	double start;

	boot();
	queue = OK(rump_sys_kqueue());
	FAILS(change(queue, 1, N_EVFILT_TIMER, N_EV_ADD, 0, 0), RUMP_EINVAL);
	start = seconds_now();
	OK(change(queue, 1, N_EVFILT_TIMER, N_EV_ADD, 0, 50));
	for (int i = 0; i < 3; i++) {
		event = one_event(queue);
		EQUAL(event.ident, 1);
		EQUAL(event.filter, N_EVFILT_TIMER);
		HOLDS(event.data >= 1);
	}
	HOLDS(seconds_now() - start >= 0.13);
	pause_milliseconds(270);
	event = one_event(queue);
	HOLDS(event.data >= 3 && event.data <= 9);
	OK(change(queue, 1, N_EVFILT_TIMER, N_EV_DELETE, 0, 0));
	pause_milliseconds(100);
	no_event(queue);

	OK(change(queue, 2, N_EVFILT_TIMER, N_EV_ADD | N_EV_ONESHOT, 0, 20));
	EQUAL(one_event(queue).data, 1);
	pause_milliseconds(50);
	no_event(queue);
	FAILS(change(queue, 2, N_EVFILT_TIMER, N_EV_DELETE, 0, 0), RUMP_ENOENT);

	/* Many at once come in the order of their times. */
	for (int i = 0; i < 10; i++)
		OK(change(queue, 100 - i, N_EVFILT_TIMER, N_EV_ADD | N_EV_ONESHOT, 0, 30 + 20 * i));
	for (int i = 0; i < 10; i++)
		EQUAL(one_event(queue).ident, 100 - i);
	return 0;
}
