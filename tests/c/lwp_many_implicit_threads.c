/* needs: */
/* 64 threads without an lwp share process 1 and its descriptors. */
#include "check.h"

enum { MOST_BYTES = 50 };

#define BYTES rounds(MOST_BYTES, 8)

static int pair[2];

static void *
writer(void *argument)
{
	char byte = (char)(long)argument;

	EQUAL(rump_sys_getpid(), 1);
	for (int i = 0; i < BYTES; i++)
		EQUAL(OK(rump_sys_write(pair[1], &byte, 1)), 1);
	HOLDS(rump_pub_lwproc_curlwp() == NULL);
	return NULL;
}

int
main(void)
{
	pthread_t threads[64];
	char data[64 * MOST_BYTES];
	size_t got = 0;
	int seen[64] = { 0 };

	boot();
	OK(rump_sys_pipe2(pair, 0));
	for (long i = 0; i < 64; i++)
		threads[i] = start_thread(writer, (void *)i);
	while (got < (size_t)(64 * BYTES))
		got += (size_t)OK(rump_sys_read(pair[0], data + got, sizeof data - got));
	for (int i = 0; i < 64; i++)
		join_thread(threads[i]);
	for (size_t i = 0; i < got; i++)
		seen[(int)data[i]]++;
	for (int i = 0; i < 64; i++)
		EQUAL(seen[i], BYTES);
	return 0;
}
