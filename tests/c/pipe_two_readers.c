/* needs: */
/* Several sleeping readers each get a byte that was written; none is lost and none sleeps on. */
#include "check.h"

enum { READERS = 8 };

static int pair[2];
static int seen[READERS];

static void *
reader(void *argument)
{
	unsigned char byte;

	(void)argument;
	EQUAL(OK(rump_sys_read(pair[0], &byte, 1)), 1);
	__atomic_fetch_add(&seen[byte], 1, __ATOMIC_SEQ_CST);
	return NULL;
}

int
main(void)
{
	pthread_t threads[READERS];
	unsigned char bytes[READERS];

	boot();
	OK(rump_sys_pipe2(pair, 0));
	for (int round = 0; round < 20; round++) {
		for (int i = 0; i < READERS; i++) {
			threads[i] = start_thread(reader, NULL);
			bytes[i] = (unsigned char)i;
		}
		pause_milliseconds(5);
		EQUAL(OK(rump_sys_write(pair[1], bytes, READERS)), READERS);
		for (int i = 0; i < READERS; i++)
			join_thread(threads[i]);
	}
	for (int i = 0; i < READERS; i++)
		EQUAL(seen[i], 20);
	return 0;
}
