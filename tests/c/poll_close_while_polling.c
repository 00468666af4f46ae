/* needs: */
/* Who polls a descriptor that another thread closes, and with it the file, is told that it is none. */
#include "events.h"

static int ends[2];
static int found;

static void *
poller(void *argument)
{
	struct pollfd both[2] = {
		{ .fd = ends[0], .events = N_POLLIN },
		{ .fd = -1 },
	};

	(void)argument;
	EQUAL(OK(rump_sys_poll(both, 2, -1)), 1);
	found = both[0].revents;
	return NULL;
}

int
main(void)
{
	boot();
	for (int round = 0; round < 30; round++) {
		OK(rump_sys_pipe2(ends, 0));
		pthread_t thread = start_thread(poller, NULL);
		if (round % 3 != 0)
			pause_milliseconds(round % 3 * 2);
		OK(rump_sys_close(ends[0]));
		join_thread(thread);
		EQUAL(found, N_POLLNVAL);
		OK(rump_sys_close(ends[1]));
	}
	return 0;
}
