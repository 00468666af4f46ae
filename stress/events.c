/* Locks of files, poll and kqueue. */
#include "worker.h"

static atomic_int record_holders, file_holders;

static const char *const locked_by_record = "/t/locked-by-record", *const locked_as_file = "/t/locked-as-file";

void
make_locked_files(void)
{
	make_empty(locked_by_record);
	make_empty(locked_as_file);
}

/* The lock is held by the caller alone. */
static void
hold(atomic_int *holders)
{
	EQUAL(atomic_fetch_add(holders, 1), 0);
	(void)rump_sys_getpid();
	EQUAL(atomic_fetch_sub(holders, 1), 1);
}

/* Locks of fcntl belong to processes, so only those that are alone in theirs exclude one another. */
void
count_under_record_lock(struct worker *worker)
{
	struct rump_netbsd_flock lock = { 100, 1, 0, N_F_WRLCK, SEEK_SET };

	if (worker->role != OWN_PROCESS)
		return;
	int file = rump_sys_open(locked_by_record, RUMP_O_RDWR);
	if (!WENT(file))
		return;
	if (WENT(rump_sys_fcntl(file, N_F_SETLKW, &lock), RUMP_EINTR)) {
		hold(&record_holders);
		lock.l_type = N_F_UNLCK;
		if (below(worker, 2) == 0)
			(void)WENT(rump_sys_fcntl(file, N_F_SETLK, &lock));
	}
	OK(rump_sys_close(file));
}

void
count_under_file_lock(struct worker *worker)
{
	int file = rump_sys_open(locked_as_file, RUMP_O_RDWR);

	if (!WENT(file))
		return;
	if (WENT(rump_sys_flock(file, N_LOCK_EX), RUMP_EINTR)) {
		hold(&file_holders);
		if (below(worker, 2) == 0)
			(void)WENT(rump_sys_flock(file, N_LOCK_UN));
	}
	OK(rump_sys_close(file));
}

void
poll_pipe(struct worker *worker)
{
	struct pollfd ends[2];
	int pipe[2];

	if (!WENT(rump_sys_pipe2(pipe, 0), RUMP_ENFILE))
		return;
	ends[0] = (struct pollfd){ .fd = pipe[0], .events = N_POLLIN };
	ends[1] = (struct pollfd){ .fd = pipe[1], .events = N_POLLOUT };
	int ready = rump_sys_poll(ends, 1, (int)below(worker, 3));
	if (WENT(ready, RUMP_EINTR))
		EQUAL(ready, 0);
	ready = rump_sys_poll(ends, 2, -1);
	if (WENT(ready, RUMP_EINTR)) {
		EQUAL(ready, 1);
		EQUAL(ends[1].revents, N_POLLOUT);
	}
	if (WENT(rump_sys_write(pipe[1], "x", 1), RUMP_EINTR)) {
		ready = rump_sys_poll(ends, 1, 60000);
		if (WENT(ready, RUMP_EINTR)) {
			EQUAL(ready, 1);
			EQUAL(ends[0].revents, N_POLLIN);
		}
	}
	OK(rump_sys_close(pipe[0]));
	OK(rump_sys_close(pipe[1]));
}

/* Waits for one event of a queue; false when there was a reason for none. */
static bool
wait_for_event(int queue, Event *event)
{
	struct timespec patience = { 60, 0 };
	int count;

	do
		count = rump_sys_kevent(queue, NULL, 0, (struct kevent *)event, 1, &patience);
	while (count == -1 && errno == RUMP_EINTR);
	if (!WENT(count))
		return false;
	EQUAL(count, 1);
	return true;
}

static void
events_of_pipe(int queue)
{
	int pipe[2];
	Event event;

	if (!WENT(rump_sys_pipe2(pipe, 0), RUMP_ENFILE))
		return;
	if (WENT(change(queue, (uint64_t)pipe[0], N_EVFILT_READ, N_EV_ADD, 0, 0)) &&
	    WENT(rump_sys_write(pipe[1], "abc", 3), RUMP_EINTR) && wait_for_event(queue, &event)) {
		EQUAL(event.ident, pipe[0]);
		EQUAL(event.data, 3);
	}
	OK(rump_sys_close(pipe[0]));
	OK(rump_sys_close(pipe[1]));
}

void
queue_events(struct worker *worker)
{
	int queue = rump_sys_kqueue();
	Event event;

	if (!WENT(queue, RUMP_ENFILE))
		return;
	switch (below(worker, 4)) {
	case 0:
		events_of_pipe(queue);
		break;
	case 1:
		if (WENT(change(queue, 7, N_EVFILT_TIMER, N_EV_ADD | N_EV_ONESHOT, 0, 1)) && wait_for_event(queue, &event))
			EQUAL(event.ident, 7);
		break;
	case 2:
		if (WENT(change(queue, 9, N_EVFILT_USER, N_EV_ADD | N_EV_CLEAR, 0, 0)) &&
		    WENT(change(queue, 9, N_EVFILT_USER, 0, N_NOTE_TRIGGER, 0)) && wait_for_event(queue, &event))
			EQUAL(event.ident, 9);
		break;
	default: {
		/* What happens to a directory while others work in it. */
		struct timespec moment = { 0, 200000 };
		int directory = rump_sys_open("/t/common/0", RUMP_O_RDONLY);
		if (!WENT(directory))
			break;
		if (WENT(change(queue, (uint64_t)directory, N_EVFILT_VNODE, N_EV_ADD | N_EV_CLEAR,
		    N_NOTE_WRITE | N_NOTE_LINK | N_NOTE_ATTRIB, 0)))
			for (int round = 0; round < 3; round++)
				(void)WENT(rump_sys_kevent(queue, NULL, 0, (struct kevent *)&event, 1, &moment), RUMP_EINTR);
		OK(rump_sys_close(directory));
	}
	}
	OK(rump_sys_close(queue));
}
