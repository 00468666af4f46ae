/* needs: */
/* A sleeping poll wakes for what it waits for: data, room, the end, a descriptor that is closed under it. */
#include "events.h"

static int ends[2];
static int event_asked, event_found;
static int which;

static void *
poller(void *argument)
{
	(void)argument;
	event_found = poll_one(ends[which], event_asked, -1);
	return NULL;
}

static pthread_t
start_poller(int end, int events)
{
	pthread_t thread;

	which = end;
	event_asked = events;
	event_found = 0;
	thread = start_thread(poller, NULL);
	pause_milliseconds(30);
	EQUAL(event_found, 0);
	return thread;
}

static void
ends_with(pthread_t thread, int events)
{
	join_thread(thread);
	EQUAL(event_found, events);
}

int
main(void)
{
	static char bytes[65536];
	pthread_t thread;

	boot();
	OK(rump_sys_pipe2(ends, RUMP_O_NONBLOCK));
	thread = start_poller(0, N_POLLIN);
	OK(rump_sys_write(ends[1], "a", 1));
	ends_with(thread, N_POLLIN);

	fill_pipe(ends[1]);
	thread = start_poller(1, N_POLLOUT);
	while (rump_sys_read(ends[0], bytes, sizeof bytes) > 0)
		continue;
	ends_with(thread, N_POLLOUT);

	thread = start_poller(0, N_POLLIN);
	OK(rump_sys_close(ends[1]));
	ends_with(thread, N_POLLIN | N_POLLHUP);
	OK(rump_sys_close(ends[0]));

	OK(rump_sys_pipe2(ends, RUMP_O_NONBLOCK));
	fill_pipe(ends[1]);
	thread = start_poller(1, N_POLLOUT);
	OK(rump_sys_close(ends[0]));
	ends_with(thread, N_POLLOUT | N_POLLHUP);
	OK(rump_sys_close(ends[1]));

	/* Nothing but the end is waited for. */
	OK(rump_sys_pipe2(ends, RUMP_O_NONBLOCK));
	thread = start_poller(0, 0);
	OK(rump_sys_write(ends[1], "a", 1));
	pause_milliseconds(20);
	EQUAL(event_found, 0);
	OK(rump_sys_close(ends[1]));
	ends_with(thread, N_POLLHUP);
	return 0;
}
