/* needs: */
/* What poll refuses, what it passes over, and how it reports descriptors that are not open. */
#include "events.h"

int
main(void)
{
	static struct pollfd many[20000];
	struct pollfd some[4];
	int ends[2];

	boot();
	OK(rump_sys_pipe2(ends, 0));
	OK(rump_sys_write(ends[1], "a", 1));

	/* Negative descriptors are passed over, unopened ones are told of, and all are counted. */
	memset(some, 0xff, sizeof some);
	some[0].fd = -5;
	some[1] = (struct pollfd){ .fd = 77, .events = N_POLLIN };
	some[2] = (struct pollfd){ .fd = ends[0], .events = N_POLLIN | N_POLLOUT };
	some[3] = (struct pollfd){ .fd = ends[0], .events = N_POLLOUT };
	EQUAL(OK(rump_sys_poll(some, 4, -1)), 2);
	EQUAL(some[0].revents, 0);
	EQUAL(some[1].revents, N_POLLNVAL);
	EQUAL(some[2].revents, N_POLLIN);
	EQUAL(some[3].revents, 0);
	EQUAL(some[0].fd, -5);
	EQUAL(some[2].events, N_POLLIN | N_POLLOUT);

	FAILS(rump_sys_poll(some, 1, -2), RUMP_EINVAL);
	FAILS(rump_sys_poll(many, 20000, 0), RUMP_EINVAL);
	FAILS(rump_sys_poll(many, 0xffffffff, 0), RUMP_EINVAL);
	EQUAL(OK(rump_sys_poll(NULL, 0, 0)), 0);
	EQUAL(OK(rump_sys_poll(NULL, 0, 10)), 0);

	/* pollts. */
	struct timespec time = { 0, 1000000000 };
	FAILS(rump_sys_pollts(some, 1, &time, NULL), RUMP_EINVAL);
	time = (struct timespec){ -1, 0 };
	FAILS(rump_sys_pollts(some, 1, &time, NULL), RUMP_EINVAL);
	time = (struct timespec){ 0, 0 };
	some[0] = (struct pollfd){ .fd = ends[1], .events = N_POLLOUT };
	EQUAL(OK(rump_sys_pollts(some, 1, &time, NULL)), 1);
	EQUAL(OK(rump_sys_pollts(some, 1, NULL, NULL)), 1);
	return 0;
}
