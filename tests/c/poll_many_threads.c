/* needs: */
/* Eight threads poll one pipe while others write: every one of them is woken for every byte that stays, round after round. */
#include "events.h"

enum { POLLERS = 8 };

#define ROUNDS rounds(200, 15)

static int ends[2];
static pthread_barrier_t line;

static void *
poller(void *argument)
{
	(void)argument;
	for (int round = 0; round < ROUNDS; round++) {
		EQUAL(poll_one(ends[0], N_POLLIN, -1), N_POLLIN);
		pthread_barrier_wait(&line);
		pthread_barrier_wait(&line);
	}
	return NULL;
}

int
main(void)
{
	pthread_t threads[POLLERS];
	char byte;

	boot();
	OK(rump_sys_pipe2(ends, 0));
	pthread_barrier_init(&line, NULL, POLLERS + 1);
	for (int i = 0; i < POLLERS; i++)
		threads[i] = start_thread(poller, NULL);
	for (int round = 0; round < ROUNDS; round++) {
		OK(rump_sys_write(ends[1], "a", 1));
		pthread_barrier_wait(&line);
		EQUAL(OK(rump_sys_read(ends[0], &byte, 1)), 1);
		pthread_barrier_wait(&line);
	}
	for (int i = 0; i < POLLERS; i++)
		join_thread(threads[i]);
	return 0;
}
