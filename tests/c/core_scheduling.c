/* Virtual CPUs by hand: with one of them, one thread runs in the kernel, and what gives it up lets another in. */

#include "check.h"

#include <rump/rump_core.h>
#define LIBRUMPUSER
#define __dead __attribute__((__noreturn__))
#define __printflike(format, first)
#include <rump/rumpuser.h>

static struct rumpuser_cv *condition;
static int changed, seen;
static volatile int been_inside;

static void *
visit(void *unused)
{
	(void)unused;
	rump_schedule();
	been_inside++;
	rump_unschedule();
	return NULL;
}

/* Another thread comes in while this one does not hold the CPU, and not while it does. */
static void
let_another_in(void (*give)(struct lwp *), void (*take)(struct lwp *))
{
	pthread_t visitor;
	int before = been_inside;
	struct lwp *own = rump_lwproc_curlwp_hypercall();

	HOLDS(own != NULL);
	EQUAL(pthread_create(&visitor, NULL, visit, NULL), 0);
	if (!is_simulated())
		usleep(20000);
	EQUAL(been_inside, before);
	give(own);
	EQUAL(pthread_join(visitor, NULL), 0);
	take(own);
	EQUAL(been_inside, before + 1);
}

static void give_plainly(struct lwp *lwp) { rump_unschedule_cpu(lwp); }
static void take_plainly(struct lwp *lwp) { rump_schedule_cpu(lwp); }
static void give_with_interlock(struct lwp *lwp) { rump_unschedule_cpu_interlock(lwp, &changed); }
static void take_with_interlock(struct lwp *lwp) { rump_schedule_cpu_interlock(lwp, &changed); }
static void give_at_once(struct lwp *lwp) { rump_unschedule_cpu1(lwp, NULL); }

static int given;
static void give_to_block(struct lwp *lwp) { (void)lwp; rump_user_unschedule(0, &given, NULL); }
static void take_again(struct lwp *lwp) { (void)lwp; rump_user_schedule(given, NULL); }

static void *
wait_for_change(void *unused)
{
	(void)unused;
	rump_schedule();
	for (int last = 0; last < rounds(200, 10); last++) {
		while (changed == last)
			rump_schedlock_cv_wait(condition);
		EQUAL(changed, last + 1);
		seen = changed;
	}
	rump_unschedule();
	return NULL;
}

static void
check_signals(void)
{
	pthread_t waiter;

	rumpuser_cv_init(&condition);
	EQUAL(pthread_create(&waiter, NULL, wait_for_change, NULL), 0);
	for (int i = 0; i < rounds(200, 10); i++) {
		rump_schedule();
		changed++;
		rumpuser_cv_signal(condition);
		while (seen != changed)
			EQUAL(rump_schedlock_cv_timedwait(condition, &(struct timespec){ 0, 1000000 }) & ~60, 0);
		rump_unschedule();
	}
	EQUAL(pthread_join(waiter, NULL), 0);

	struct timespec before, after;
	rump_schedule();
	OK(rump_sys_clock_gettime(3, &before));
	while (rump_schedlock_cv_timedwait(condition, &(struct timespec){ 0, 5000000 }) != 60)
		;
	OK(rump_sys_clock_gettime(3, &after));
	HOLDS((after.tv_sec - before.tv_sec) * 1000000000 + after.tv_nsec - before.tv_nsec >= 4000000);
	rump_unschedule();
	rumpuser_cv_destroy(condition);
}

int
main(void)
{
	int count = 1000;

	setenv("RUMP_NCPU", "1", 1);
	OK(rump_init());
	rump_schedule();
	let_another_in(give_plainly, take_plainly);
	let_another_in(give_with_interlock, take_with_interlock);
	let_another_in(give_at_once, take_plainly);
	let_another_in(give_to_block, take_again);
	rump_unschedule();
	check_signals();

	/* Outside, there is nothing to give. */
	rump_user_unschedule(0, &given, NULL);
	EQUAL(given, 0);
	rump_user_schedule(given, NULL);

	rump_cpus_bootstrap(&count);
	EQUAL(count, 256);
	count = -1;
	rump_cpus_bootstrap(&count);
	EQUAL(count, 1);
	rump_schedule();
	rump_xc_highpri(NULL);
	rump_xc_highpri(&rump_bootcpu);
	rump_softint_run(&rump_bootcpu);
	rump_cpu_attach(&rump_bootcpu);
	rump_unschedule();
	return 0;
}
