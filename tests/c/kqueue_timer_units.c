/* needs: */
/* The units of EVFILT_TIMER, times of day, and a timer that is set again. */
#include "events.h"

static double
wait_for(int queue, uint32_t fflags, int64_t data, uint32_t flags)
{
	double start = seconds_now();

	OK(change(queue, 1, N_EVFILT_TIMER, N_EV_ADD | flags, fflags, data));
	EQUAL(one_event(queue).ident, 1);
	return seconds_now() - start;
}

int
main(void)
{
	int queue;
	double took;
	struct timespec now;
	Event event;

	boot();
	queue = OK(rump_sys_kqueue());
	took = wait_for(queue, 0, 60, N_EV_ONESHOT);
	HOLDS(took >= 0.059 && took < 2);
	took = wait_for(queue, N_NOTE_USECONDS, 60000, N_EV_ONESHOT);
	HOLDS(took >= 0.059 && took < 2);
	took = wait_for(queue, N_NOTE_NSECONDS, 60000000, N_EV_ONESHOT);
	HOLDS(took >= 0.059 && took < 2);
	took = wait_for(queue, N_NOTE_SECONDS, 1, N_EV_ONESHOT);
	HOLDS(took >= 0.999 && took < 3);
	HOLDS(wait_for(queue, 0, 0, N_EV_ONESHOT) < 2);
	FAILS(change(queue, 1, N_EVFILT_TIMER, N_EV_ADD, 0, -1), RUMP_EINVAL);

	OK(rump_sys_clock_gettime(N_CLOCK_REALTIME, &now));
	took = wait_for(queue, N_NOTE_ABSTIME, now.tv_sec * 1000 + now.tv_nsec / 1000000 + 100, 0);
	HOLDS(took >= 0.09 && took < 2);
	no_event(queue);
	FAILS(change(queue, 1, N_EVFILT_TIMER, N_EV_DELETE, 0, 0), RUMP_ENOENT);
	HOLDS(wait_for(queue, N_NOTE_ABSTIME | N_NOTE_SECONDS, 1, 0) < 2);

	/* The new time counts from the change on, and what ran out before does not. */
	OK(change(queue, 1, N_EVFILT_TIMER, N_EV_ADD, 0, 5));
	pause_milliseconds(30);
	OK(change(queue, 1, N_EVFILT_TIMER, N_EV_ADD, 0, 100000));
	EQUAL(events_of(queue, &event, 1, 50), 0);
	took = wait_for(queue, 0, 20, 0);
	HOLDS(took < 2);
	return 0;
}
