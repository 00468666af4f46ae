/* needs: */
/* What kevent refuses, and what a queue's descriptor can do. */
#include "events.h"

#define N_KFILTER_BYFILTER	_RUMP_IOWR('k', 0, struct mapping)
#define N_KFILTER_BYNAME	_RUMP_IOWR('k', 1, struct mapping)

struct mapping {
	char *name;
	size_t length;
	uint32_t filter;
};

int
main(void)
{
	Event event;
	char byte = 0;
	char name[32];
	struct mapping mapping;
	struct timespec bad = { 0, -1 };
	int ends[2];
	int queue;

	boot();
	queue = OK(rump_sys_kqueue());
	OK(rump_sys_pipe2(ends, 0));
	FAILS(change(queue, 77, N_EVFILT_READ, N_EV_ADD, 0, 0), RUMP_EBADF);
	FAILS(change(queue, 1ULL << 32, N_EVFILT_READ, N_EV_ADD, 0, 0), RUMP_EBADF);
	FAILS(change(queue, ends[0], 100, N_EV_ADD, 0, 0), RUMP_EINVAL);
	FAILS(change(queue, ends[0], 0xffffffff, N_EV_ADD, 0, 0), RUMP_EINVAL);
	FAILS(change(queue, ends[0], N_EVFILT_VNODE, N_EV_ADD, N_NOTE_WRITE, 0), RUMP_EINVAL);
	FAILS(change(queue, ends[0], N_EVFILT_READ, N_EV_ENABLE, 0, 0), RUMP_ENOENT);
	FAILS(change(queue, 29999, N_EVFILT_PROC, N_EV_ADD, N_NOTE_EXIT, 0), RUMP_ESRCH);
	FAILS(change(ends[0], ends[0], N_EVFILT_READ, N_EV_ADD, 0, 0), RUMP_EBADF);
	FAILS(change(77, ends[0], N_EVFILT_READ, N_EV_ADD, 0, 0), RUMP_EBADF);
	FAILS(rump_sys_kevent(queue, NULL, 1, NULL, 0, NULL), RUMP_EFAULT);
	FAILS(rump_sys_kevent(queue, NULL, 0, (struct kevent *)&event, 1, &bad), RUMP_EINVAL);
	EQUAL(OK(rump_sys_kevent(queue, NULL, 0, (struct kevent *)&event, 0, NULL)), 0);

	FAILS(rump_sys_read(queue, &byte, 1), RUMP_ENXIO);
	FAILS(rump_sys_write(queue, &byte, 1), RUMP_ENXIO);
	FAILS(rump_sys_lseek(queue, 0, 0), RUMP_ESPIPE);
	EQUAL(descriptor_status(queue).st_size, 0);
	EQUAL(poll_one(queue, N_POLLIN | N_POLLOUT, 0), 0);
	OK(change(queue, ends[1], N_EVFILT_WRITE, N_EV_ADD, 0, 0));
	EQUAL(descriptor_status(queue).st_size, 1);
	EQUAL(descriptor_status(queue).st_blksize, 40);
	EQUAL(poll_one(queue, N_POLLIN | N_POLLOUT, -1), N_POLLIN);

	mapping = (struct mapping){ .name = name, .length = sizeof name, .filter = N_EVFILT_TIMER };
	OK(rump_sys_ioctl(queue, N_KFILTER_BYFILTER, &mapping));
	EQUAL(strcmp(name, "EVFILT_TIMER"), 0);
	mapping.length = 12;
	FAILS(rump_sys_ioctl(queue, N_KFILTER_BYFILTER, &mapping), RUMP_ENAMETOOLONG);
	mapping.filter = 1000;
	FAILS(rump_sys_ioctl(queue, N_KFILTER_BYFILTER, &mapping), RUMP_ENOENT);
	mapping.name = (char *)"EVFILT_VNODE";
	OK(rump_sys_ioctl(queue, N_KFILTER_BYNAME, &mapping));
	EQUAL(mapping.filter, N_EVFILT_VNODE);
	mapping.name = (char *)"EVFILT_NONE";
	FAILS(rump_sys_ioctl(queue, N_KFILTER_BYNAME, &mapping), RUMP_ENOENT);
	FAILS(rump_sys_ioctl(queue, _RUMP_IO('k', 7), NULL), RUMP_ENOTTY);
	return 0;
}
