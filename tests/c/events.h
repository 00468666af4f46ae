/* poll(2), select(2) and kqueue(2): NetBSD's constants, and short ways to call. */

#ifndef TESTS_EVENTS_H_
#define TESTS_EVENTS_H_

#include "check.h"

#include <poll.h>

#define N_POLLIN		0x0001
#define N_POLLPRI		0x0002
#define N_POLLOUT		0x0004
#define N_POLLERR		0x0008
#define N_POLLHUP		0x0010
#define N_POLLNVAL		0x0020
#define N_POLLRDNORM		0x0040
#define N_POLLRDBAND		0x0080
#define N_POLLWRBAND		0x0100

#define N_EVFILT_READ		0
#define N_EVFILT_WRITE		1
#define N_EVFILT_AIO		2
#define N_EVFILT_VNODE		3
#define N_EVFILT_PROC		4
#define N_EVFILT_SIGNAL		5
#define N_EVFILT_TIMER		6
#define N_EVFILT_USER		8

#define N_EV_ADD		0x0001
#define N_EV_DELETE		0x0002
#define N_EV_ENABLE		0x0004
#define N_EV_DISABLE		0x0008
#define N_EV_ONESHOT		0x0010
#define N_EV_CLEAR		0x0020
#define N_EV_RECEIPT		0x0040
#define N_EV_DISPATCH		0x0080
#define N_EV_ERROR		0x4000
#define N_EV_EOF		0x8000

#define N_NOTE_DELETE		0x0001
#define N_NOTE_WRITE		0x0002
#define N_NOTE_EXTEND		0x0004
#define N_NOTE_ATTRIB		0x0008
#define N_NOTE_LINK		0x0010
#define N_NOTE_RENAME		0x0020
#define N_NOTE_REVOKE		0x0040

#define N_NOTE_EXIT		0x80000000U
#define N_NOTE_FORK		0x40000000U
#define N_NOTE_TRACK		0x00000001U
#define N_NOTE_CHILD		0x00000004U

#define N_NOTE_SECONDS		0x00000001U
#define N_NOTE_USECONDS		0x00000002U
#define N_NOTE_NSECONDS		0x00000003U
#define N_NOTE_ABSTIME		0x00000010U

#define N_NOTE_FFAND		0x40000000U
#define N_NOTE_FFOR		0x80000000U
#define N_NOTE_FFCOPY		0xc0000000U
#define N_NOTE_TRIGGER		0x01000000U

typedef struct rump_netbsd_kevent Event;

/* The events that poll finds for one descriptor; 0 when the time has passed. */
static inline int
poll_one(int descriptor, int events, int milliseconds)
{
	struct pollfd one = { .fd = descriptor, .events = (short)events, .revents = 0x7f };
	int found = OK(rump_sys_poll(&one, 1, milliseconds));

	EQUAL(found, one.revents != 0);
	return one.revents;
}

/* Makes one change to a queue. */
static inline int
change(int queue, uint64_t ident, uint32_t filter, uint32_t flags, uint32_t fflags, int64_t data)
{
	Event event = {
		.ident = ident, .filter = filter, .flags = flags, .fflags = fflags, .data = data,
		.udata = (intptr_t)(ident * 16 + filter),
	};

	return rump_sys_kevent(queue, (struct kevent *)&event, 1, NULL, 0, NULL);
}

/* Waits for up to count events; a negative time is without end. */
static inline int
events_of(int queue, Event *events, size_t count, long milliseconds)
{
	struct timespec time = { milliseconds / 1000, milliseconds % 1000 * 1000000 };

	memset(events, 0xa5, count * sizeof *events);
	return OK(rump_sys_kevent(queue, NULL, 0, (struct kevent *)events, count,
	    milliseconds < 0 ? NULL : &time));
}

/* Waits for one event. */
static inline Event
one_event(int queue)
{
	Event event;

	EQUAL(events_of(queue, &event, 1, 10000), 1);
	return event;
}

/* Nothing is ready. */
static inline void
no_event(int queue)
{
	Event events[4];

	EQUAL(events_of(queue, events, 4, 0), 0);
}

/* Fills a pipe to the brim; its end to write to must not block. */
static inline void
fill_pipe(int writer)
{
	static const char bytes[4096];

	while (rump_sys_write(writer, bytes, sizeof bytes) > 0)
		continue;
	while (rump_sys_write(writer, bytes, 1) > 0)
		continue;
	EQUAL(errno, RUMP_EAGAIN);
}

#endif /* TESTS_EVENTS_H_ */
