/* needs: */
/* A byte goes back and forth between two threads that both poll before they read: no wake is lost. */
#include "events.h"

#define ROUNDS rounds(20000, 300)

static int there[2], back[2];

static void *
echo(void *argument)
{
	char byte;

	(void)argument;
	for (int i = 0; i < ROUNDS; i++) {
		EQUAL(poll_one(there[0], N_POLLIN, -1), N_POLLIN);
		EQUAL(OK(rump_sys_read(there[0], &byte, 1)), 1);
		EQUAL(OK(rump_sys_write(back[1], &byte, 1)), 1);
	}
	return NULL;
}

int
main(void)
{
	pthread_t thread;
	char byte;

	boot();
	OK(rump_sys_pipe2(there, RUMP_O_NONBLOCK));
	OK(rump_sys_pipe2(back, RUMP_O_NONBLOCK));
	thread = start_thread(echo, NULL);
	for (int i = 0; i < ROUNDS; i++) {
		byte = (char)i;
		EQUAL(OK(rump_sys_write(there[1], &byte, 1)), 1);
		EQUAL(poll_one(back[0], N_POLLIN, -1), N_POLLIN);
		EQUAL(OK(rump_sys_read(back[0], &byte, 1)), 1);
		EQUAL(byte, (char)i);
	}
	join_thread(thread);
	return 0;
}
