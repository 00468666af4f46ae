/* needs: */
/* Many threads sleep at once on one virtual CPU: they do not queue behind one another. */
#include "check.h"

static void *
sleeper(void *argument)
{
	struct timespec wanted = { 0, 100000000 };

	(void)argument;
	OK(rump_sys_nanosleep(&wanted, NULL));
	return NULL;
}

int
main(void)
{
	pthread_t threads[20];

	setenv("RUMP_NCPU", "1", 1);
	boot();
	double start = seconds_now();
	for (int i = 0; i < 20; i++)
		threads[i] = start_thread(sleeper, NULL);
	for (int i = 0; i < 20; i++)
		join_thread(threads[i]);
	HOLDS(seconds_now() - start < 1.5);
	return 0;
}
