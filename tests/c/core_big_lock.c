/* The big lock: one thread at a time, but for those that sleep. */

#include "check.h"

#include <rump/rump_core.h>
#define LIBRUMPUSER
#define __dead __attribute__((__noreturn__))
#define __printflike(format, first)
#include <rump/rumpuser.h>

#define THREADS 4

static int inside, most, turns;

static void
enter_big_lock(void)
{
	int held;

	if (rumpuser_mutex_tryenter(rump_giantlock) != 0) {
		rump_user_unschedule(0, &held, NULL);
		rumpuser_mutex_enter_nowrap(rump_giantlock);
		rump_user_schedule(held, NULL);
	}
	rump_kernel_bigunwrap(1);
}

static void
leave_big_lock(int expected)
{
	int count = -1;

	rump_kernel_bigwrap(&count);
	EQUAL(count, expected);
	rumpuser_mutex_exit(rump_giantlock);
}

static void *
work(void *unused)
{
	(void)unused;
	for (int i = 0; i < rounds(2000, 10); i++) {
		rump_schedule();
		enter_big_lock();
		int now = ++inside;
		if (now > most)
			most = now;
		turns++;
		/* Another may come in the meantime, so that the lock is free again in this sleep. */
		if (i % 5 == 0) {
			inside--;
			rump_sys_nanosleep(&(struct timespec){ 0, 1000 }, NULL);
			inside++;
		}
		EQUAL(inside, 1);
		inside--;
		leave_big_lock(1);
		rump_unschedule();
	}
	return NULL;
}

int
main(void)
{
	pthread_t threads[THREADS];
	int count = 77;

	HOLDS(rump_giantlock == NULL);
	setenv("RUMP_NCPU", "2", 1);
	OK(rump_init());
	HOLDS(rump_giantlock != NULL);
	struct rumpuser_mtx *lock = rump_giantlock;
	rump_biglock_init();
	HOLDS(rump_giantlock == lock);

	for (int i = 0; i < THREADS; i++)
		EQUAL(pthread_create(&threads[i], NULL, work, NULL), 0);
	for (int i = 0; i < THREADS; i++)
		EQUAL(pthread_join(threads[i], NULL), 0);
	EQUAL(most, 1);
	EQUAL(turns, THREADS * rounds(2000, 10));

	/* It counts as often as it is said to, is nobody's outside, and what was not taken over is not given back. */
	rump_schedule();
	rump_kernel_bigwrap(&count);
	EQUAL(count, 0);
	EQUAL(rumpuser_mutex_tryenter(rump_giantlock), 0);
	rump_kernel_bigunwrap(3);
	leave_big_lock(3);
	EQUAL(rumpuser_mutex_tryenter(rump_giantlock), 0);
	rump_kernel_bigunwrap(1);
	rump_unschedule();
	EQUAL(rumpuser_mutex_tryenter(rump_giantlock), 0);
	rumpuser_mutex_exit(rump_giantlock);
	return 0;
}
