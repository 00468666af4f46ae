/* needs: */
/* EV_DISABLE keeps a knote quiet, EV_ENABLE lets what holds be heard; EV_DISPATCH disables after each event. */
#include "events.h"

int
main(void)
{
	int ends[2];
	int queue;
	char byte;

	boot();
	queue = OK(rump_sys_kqueue());
	OK(rump_sys_pipe2(ends, 0));
	OK(change(queue, ends[0], N_EVFILT_READ, N_EV_ADD | N_EV_DISABLE, 0, 0));
	OK(rump_sys_write(ends[1], "a", 1));
	no_event(queue);
	OK(change(queue, ends[0], N_EVFILT_READ, N_EV_ENABLE, 0, 0));
	EQUAL(one_event(queue).data, 1);
	OK(change(queue, ends[0], N_EVFILT_READ, N_EV_DISABLE, 0, 0));
	no_event(queue);
	EQUAL(OK(rump_sys_read(ends[0], &byte, 1)), 1);
	OK(change(queue, ends[0], N_EVFILT_READ, N_EV_ENABLE, 0, 0));
	no_event(queue);
	OK(change(queue, ends[0], N_EVFILT_READ, N_EV_DELETE, 0, 0));

	OK(change(queue, ends[0], N_EVFILT_READ, N_EV_ADD | N_EV_DISPATCH, 0, 0));
	OK(rump_sys_write(ends[1], "a", 1));
	EQUAL(one_event(queue).data, 1);
	no_event(queue);
	OK(rump_sys_write(ends[1], "a", 1));
	no_event(queue);
	OK(change(queue, ends[0], N_EVFILT_READ, N_EV_ENABLE, 0, 0));
	EQUAL(one_event(queue).data, 2);
	no_event(queue);
	/* Level-triggered: what has not been read is heard again. */
	OK(change(queue, ends[0], N_EVFILT_READ, N_EV_ENABLE, 0, 0));
	EQUAL(one_event(queue).data, 2);
	no_event(queue);
	return 0;
}
