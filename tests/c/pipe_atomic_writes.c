/* needs: */
/* Writes of up to PIPE_BUF bytes by many threads do not mix. */
#include "check.h"

enum { THREADS = 6 };

#define ROUNDS rounds(2000, 40)

static int pair[2];

static void *
writer(void *argument)
{
	char block[N_PIPE_BUF];

	memset(block, (int)(long)argument, sizeof block);
	for (int i = 0; i < ROUNDS; i++)
		EQUAL(OK(rump_sys_write(pair[1], block, sizeof block)), sizeof block);
	return NULL;
}

int
main(void)
{
	pthread_t threads[THREADS];
	char block[N_PIPE_BUF];

	boot();
	OK(rump_sys_pipe2(pair, 0));
	for (long i = 0; i < THREADS; i++)
		threads[i] = start_thread(writer, (void *)('A' + i));
	for (int i = 0; i < THREADS * ROUNDS; i++) {
		size_t got = 0;
		while (got < sizeof block)
			got += (size_t)OK(rump_sys_read(pair[0], block + got, sizeof block - got));
		ALL(block, (unsigned char)block[0], sizeof block);
	}
	for (int i = 0; i < THREADS; i++)
		join_thread(threads[i]);
	return 0;
}
