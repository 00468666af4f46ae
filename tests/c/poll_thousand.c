/* needs: */
/* Poll of a thousand descriptors finds those that are ready, at once and after a sleep. */
#include "events.h"

enum { COUNT = 1000 };

static struct pollfd all[COUNT];
static int writers[COUNT];

static void *
write_some(void *argument)
{
	(void)argument;
	pause_milliseconds(30);
	OK(rump_sys_write(writers[700], "a", 1));
	return NULL;
}

int
main(void)
{
	struct rlimit limit = { 2 * COUNT + 100, 4096 };
	pthread_t thread;
	int ends[2];

	boot();
	OK(rump_sys_setrlimit(N_RLIMIT_NOFILE, &limit));
	for (int i = 0; i < COUNT; i++) {
		OK(rump_sys_pipe2(ends, 0));
		all[i] = (struct pollfd){ .fd = ends[0], .events = N_POLLIN };
		writers[i] = ends[1];
	}
	EQUAL(OK(rump_sys_poll(all, COUNT, 0)), 0);
	thread = start_thread(write_some, NULL);
	EQUAL(OK(rump_sys_poll(all, COUNT, -1)), 1);
	EQUAL(all[700].revents, N_POLLIN);
	join_thread(thread);
	OK(rump_sys_write(writers[3], "a", 1));
	OK(rump_sys_close(writers[999]));
	EQUAL(OK(rump_sys_poll(all, COUNT, -1)), 3);
	for (int i = 0; i < COUNT; i++)
		EQUAL(all[i].revents, i == 999 ? N_POLLHUP | N_POLLIN : i == 3 || i == 700 ? N_POLLIN : 0);
	return 0;
}
