/* A descriptor that one thread closes takes no knote along that another has just made for a new file of the same number. */
#include "check.h"
#include "events.h"

enum { THREADS = 6 };

static void *
open_and_close(void *argument)
{
	struct timespec patience = { 5, 0 };

	for (int round = 0; round < rounds(1500, 20); round++) {
		int pair[2];
		int queue = OK(rump_sys_kqueue());
		Event event = { .ident = 0 };

		OK(rump_sys_pipe2(pair, 0));
		event.ident = (uint64_t)pair[0];
		event.filter = N_EVFILT_READ;
		event.flags = N_EV_ADD;
		EQUAL(rump_sys_kevent(queue, (struct kevent *)&event, 1, NULL, 0, NULL), 0);
		EQUAL(rump_sys_write(pair[1], "x", 1), 1);
		EQUAL(rump_sys_kevent(queue, NULL, 0, (struct kevent *)&event, 1, &patience), 1);
		OK(rump_sys_close(pair[0]));
		OK(rump_sys_close(pair[1]));
		OK(rump_sys_close(queue));
	}
	return argument;
}

int
main(void)
{
	pthread_t threads[THREADS];

	boot();
	for (int i = 0; i < THREADS; i++)
		EQUAL(pthread_create(&threads[i], NULL, open_and_close, NULL), 0);
	for (int i = 0; i < THREADS; i++)
		EQUAL(pthread_join(threads[i], NULL), 0);
	return 0;
}
