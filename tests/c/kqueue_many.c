/* needs: */
/* 10,000 knotes on one queue: each is told of once, and all can go. */
#include "events.h"

enum { COUNT = 10000 };

static char seen[COUNT];

int
main(void)
{
	int queue;
	Event events[64];
	int found, total = 0;

	boot();
	queue = OK(rump_sys_kqueue());
	for (int i = 0; i < COUNT; i++)
		OK(change(queue, i, N_EVFILT_USER, N_EV_ADD | N_EV_CLEAR, 0, 0));
	for (int i = 0; i < COUNT; i += 3)
		OK(change(queue, i, N_EVFILT_USER, 0, N_NOTE_TRIGGER, 0));
	while ((found = events_of(queue, events, 64, 0)) > 0)
		for (int i = 0; i < found; i++) {
			EQUAL(events[i].ident % 3, 0);
			EQUAL(seen[events[i].ident]++, 0);
			total++;
		}
	EQUAL(total, (COUNT + 2) / 3);
	for (int i = 0; i < COUNT; i++)
		OK(change(queue, i, N_EVFILT_USER, N_EV_DELETE, 0, 0));
	no_event(queue);
	OK(change(queue, 1, N_EVFILT_USER, N_EV_ADD, 0, 0));
	OK(rump_sys_close(queue));
	return 0;
}
