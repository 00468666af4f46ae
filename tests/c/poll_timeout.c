/* needs: */
/* A wait lasts as long as it was asked to, neither shorter nor, by much, longer. */
#include "events.h"

static void
check_duration(double start, double expected)
{
	double took = seconds_now() - start;

	HOLDS(took >= expected - 0.001);
	HOLDS(took < expected + 2);
}

int
main(void)
{
	int ends[2];
	int queue;
	struct pollfd one;
	struct timespec time = { 0, 70000000 };
	struct timeval old_time = { 0, 70000 };
	struct rump_netbsd_fd_set set = { { 0 } };
	Event event;
	double start;

	boot();
	OK(rump_sys_pipe2(ends, 0));
	queue = OK(rump_sys_kqueue());
	OK(change(queue, ends[0], N_EVFILT_READ, N_EV_ADD, 0, 0));
	one = (struct pollfd){ .fd = ends[0], .events = N_POLLIN };

	start = seconds_now();
	EQUAL(OK(rump_sys_poll(&one, 1, 70)), 0);
	check_duration(start, 0.07);
	start = seconds_now();
	EQUAL(OK(rump_sys_pollts(&one, 1, &time, NULL)), 0);
	check_duration(start, 0.07);
	start = seconds_now();
	set.fds_bits[0] = 1u << ends[0];
	EQUAL(OK(rump_sys_select(ends[0] + 1, (fd_set *)&set, NULL, NULL, &old_time)), 0);
	EQUAL(set.fds_bits[0], 0);
	check_duration(start, 0.07);
	start = seconds_now();
	EQUAL(OK(rump_sys_kevent(queue, NULL, 0, (struct kevent *)&event, 1, &time)), 0);
	check_duration(start, 0.07);
	return 0;
}
