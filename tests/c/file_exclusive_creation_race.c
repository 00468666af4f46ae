/* needs: fs_tmpfs vfs */
/* Of several threads that create a file with O_EXCL, one succeeds. */
#include "check.h"

enum { THREADS = 4, ROUNDS = 300 };

static int winners[ROUNDS];
static pthread_barrier_t barrier;

static void *
creator(void *argument)
{
	char path[32];

	(void)argument;
	for (int i = 0; i < ROUNDS; i++) {
		snprintf(path, sizeof path, "/t/f%d", i);
		pthread_barrier_wait(&barrier);
		int file = rump_sys_open(path, RUMP_O_CREAT | RUMP_O_EXCL | RUMP_O_RDWR, 0666);
		if (file >= 0) {
			__atomic_fetch_add(&winners[i], 1, __ATOMIC_SEQ_CST);
			OK(rump_sys_close(file));
		} else
			EQUAL(errno, RUMP_EEXIST);
	}
	return NULL;
}

int
main(void)
{
	pthread_t threads[THREADS];

	boot_in_tmpfs();
	pthread_barrier_init(&barrier, NULL, THREADS);
	for (int i = 0; i < THREADS; i++)
		threads[i] = start_thread(creator, NULL);
	for (int i = 0; i < THREADS; i++)
		join_thread(threads[i]);
	for (int i = 0; i < ROUNDS; i++)
		EQUAL(winners[i], 1);
	return 0;
}
