/*
 * waiting: poll of a thousand descriptors of which one is ready, and kevent with one event among few and many knotes, beside
 * the host's poll and epoll.
 */
#include "bench.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/resource.h>

enum { POLLED = 1000, POLLS = 3000, KEVENTS = 300000, EVFILT_READ = 0, EVFILT_TIMER = 6, EV_ADD = 1,
	RLIMIT_NOFILE_OF_RUMP = 8 };

static struct pollfd polled[POLLED];

/* Both ends of pipes, of which the last has a byte in it; there is never anything to read at the end for writing. */
static void
make_polled(int (*make_pipe)(int *), ssize_t (*writing)(int, const void *, size_t))
{
	int ends[2] = { 0, 0 };

	for (int i = 0; i < POLLED; i++) {
		if (i % 2 == 0)
			MUST(make_pipe(ends));
		polled[i] = (struct pollfd){ .fd = ends[i % 2], .events = POLLIN };
	}
	MUST(writing(ends[1], "a", 1));
}

static int
host_poll(struct pollfd *all, unsigned int count, int timeout)
{
	return poll(all, count, timeout);
}

static void
run_poll(const char *kernel, int (*polling)(struct pollfd *, unsigned int, int))
{
	double start = seconds_now();

	for (int i = 0; i < POLLS; i++)
		if (polling(polled, POLLED, 0) != 1)
			exit(1);
	result("poll-1000", kernel, (seconds_now() - start) * 1e6 / POLLS, "us");
}

/* Events without end of one pipe among others; then a byte at a time, waited for and read. */
static void
run_queue(const char *kernel, int knotes, int (*one_event)(int), int queue, const int *ends,
    ssize_t (*reading)(int, void *, size_t), ssize_t (*writing)(int, const void *, size_t))
{
	char name[64];
	char byte;
	double start;

	MUST(writing(ends[1], "a", 1));
	start = seconds_now();
	for (int i = 0; i < KEVENTS; i++)
		if (one_event(queue) != 1)
			exit(1);
	snprintf(name, sizeof name, "kevent-%d", knotes);
	result(name, kernel, (seconds_now() - start) * 1e9 / KEVENTS, "ns");
	MUST(reading(ends[0], &byte, 1));
	start = seconds_now();
	for (int i = 0; i < KEVENTS; i++) {
		MUST(writing(ends[1], "a", 1));
		if (one_event(queue) != 1)
			exit(1);
		MUST(reading(ends[0], &byte, 1));
	}
	snprintf(name, sizeof name, "kevent-turn-%d", knotes);
	result(name, kernel, (seconds_now() - start) * 1e9 / KEVENTS, "ns");
}

static int
rump_event(int queue)
{
	struct rump_netbsd_kevent events[8];
	struct timespec none = { 0, 0 };

	return rump_sys_kevent(queue, NULL, 0, (struct kevent *)events, 8, &none);
}

static int
host_event(int queue)
{
	struct epoll_event events[8];

	return epoll_wait(queue, events, 8, 0);
}

static void
run_rump(int knotes)
{
	int ends[2];
	int queue = rump_sys_kqueue();
	struct rump_netbsd_kevent change = { .filter = EVFILT_READ, .flags = EV_ADD };

	MUST(queue);
	MUST(rump_sys_pipe(ends));
	change.ident = ends[0];
	MUST(rump_sys_kevent(queue, (struct kevent *)&change, 1, NULL, 0, NULL));
	/* Those that have no event: timers, which need no descriptors. A kernel that has a maximum of them gives no figure. */
	change.filter = EVFILT_TIMER;
	change.data = 3600 * 1000;
	for (int i = 1; i < knotes; i++) {
		change.ident = i;
		if (rump_sys_kevent(queue, (struct kevent *)&change, 1, NULL, 0, NULL) == -1)
			return;
	}
	run_queue("rump", knotes, rump_event, queue, ends, rump_sys_read, rump_sys_write);
	MUST(rump_sys_close(queue));
	MUST(rump_sys_close(ends[0]));
	MUST(rump_sys_close(ends[1]));
}

static void
run_host(int knotes)
{
	int ends[2], silent[2];
	int queue = epoll_create1(0);
	struct epoll_event change = { .events = EPOLLIN };

	MUST(queue);
	MUST(pipe(ends));
	MUST(pipe(silent));
	MUST(epoll_ctl(queue, EPOLL_CTL_ADD, ends[0], &change));
	for (int i = 1; i < knotes; i++) {
		int copy = dup(silent[0]);

		MUST(copy);
		MUST(epoll_ctl(queue, EPOLL_CTL_ADD, copy, &change));
	}
	run_queue("host", knotes, host_event, queue, ends, read, write);
	close(queue);
}

int
main(void)
{
	struct rlimit limit = { 1500, 1500 };

	if (rump_init() != 0)
		return 1;
	MUST(rump_sys_setrlimit(RLIMIT_NOFILE_OF_RUMP, &limit));
	make_polled(rump_sys_pipe, rump_sys_write);
	run_poll("rump", rump_sys_poll);
	for (int knotes = 10; knotes <= 10000; knotes *= 1000)
		run_rump(knotes);
	MUST(getrlimit(RLIMIT_NOFILE, &limit));
	limit.rlim_cur = limit.rlim_max;
	MUST(setrlimit(RLIMIT_NOFILE, &limit));
	make_polled(pipe, write);
	run_poll("host", host_poll);
	for (int knotes = 10; knotes <= 10000; knotes *= 1000)
		run_host(knotes);
	fflush(stdout);
	_exit(0);
}
