/* needs: */
/* Threads that share a queue with EV_DISPATCH get each event once, and none is lost. */
#include "events.h"

enum { THREADS = 4, PIPES = 8 };

#define BYTES rounds(500, 25)

static int queue;
static int readers[PIPES], writers[PIPES];
static int received;

static void *
worker(void *argument)
{
	Event event;
	char byte;

	(void)argument;
	for (;;) {
		if (events_of(queue, &event, 1, 5000) == 0)
			check_fail(__FILE__, __LINE__, "an event was lost: %d bytes came", received);
		if (event.filter == N_EVFILT_USER)
			return NULL;
		/* Nobody else has the pipe now, so the byte is there. */
		EQUAL(OK(rump_sys_read((int)event.ident, &byte, 1)), 1);
		if (__atomic_add_fetch(&received, 1, __ATOMIC_SEQ_CST) == PIPES * BYTES)
			OK(change(queue, 1, N_EVFILT_USER, 0, N_NOTE_TRIGGER, 0));
		OK(change(queue, event.ident, N_EVFILT_READ, N_EV_ENABLE, 0, 0));
	}
}

int
main(void)
{
	pthread_t threads[THREADS];
	int ends[2];

	boot();
	queue = OK(rump_sys_kqueue());
	OK(change(queue, 1, N_EVFILT_USER, N_EV_ADD, 0, 0));
	for (int i = 0; i < PIPES; i++) {
		OK(rump_sys_pipe2(ends, RUMP_O_NONBLOCK));
		readers[i] = ends[0];
		writers[i] = ends[1];
		OK(change(queue, readers[i], N_EVFILT_READ, N_EV_ADD | N_EV_DISPATCH, 0, 0));
	}
	for (int i = 0; i < THREADS; i++)
		threads[i] = start_thread(worker, NULL);
	for (int i = 0; i < BYTES; i++)
		for (int j = 0; j < PIPES; j++)
			OK(rump_sys_write(writers[j], "a", 1));
	for (int i = 0; i < THREADS; i++)
		join_thread(threads[i]);
	EQUAL(received, PIPES * BYTES);
	return 0;
}
