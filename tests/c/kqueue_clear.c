/* needs: */
/* EV_CLEAR: an event for each change, none for what stays as it is. */
#include "events.h"

int
main(void)
{
	int ends[2];
	int queue;
	char bytes[8];

	boot();
	queue = OK(rump_sys_kqueue());
	OK(rump_sys_pipe2(ends, 0));
	OK(rump_sys_write(ends[1], "ab", 2));
	OK(change(queue, ends[0], N_EVFILT_READ, N_EV_ADD | N_EV_CLEAR, 0, 0));
	EQUAL(one_event(queue).data, 2);
	no_event(queue);
	OK(rump_sys_write(ends[1], "c", 1));
	EQUAL(one_event(queue).data, 3);
	no_event(queue);
	/* What was taken away before anybody looked is no event. */
	OK(rump_sys_write(ends[1], "d", 1));
	EQUAL(OK(rump_sys_read(ends[0], bytes, 8)), 4);
	no_event(queue);
	OK(rump_sys_close(ends[1]));
	HOLDS(one_event(queue).flags & N_EV_EOF);
	no_event(queue);
	return 0;
}
