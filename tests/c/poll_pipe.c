/* needs: */
/* What poll says of both ends of a pipe: empty, with data, full, and without the other end. */
#include "events.h"

int
main(void)
{
	static char bytes[8192];
	int ends[2];
	int all = N_POLLIN | N_POLLRDNORM | N_POLLOUT;

	boot();
	OK(rump_sys_pipe2(ends, RUMP_O_NONBLOCK));
	EQUAL(poll_one(ends[0], all, 0), 0);
	EQUAL(poll_one(ends[1], all, 0), N_POLLOUT);
	EQUAL(poll_one(ends[0], 0, 0), 0);

	EQUAL(OK(rump_sys_write(ends[1], "a", 1)), 1);
	EQUAL(poll_one(ends[0], all, 0), N_POLLIN | N_POLLRDNORM);
	EQUAL(poll_one(ends[0], N_POLLIN, 0), N_POLLIN);
	EQUAL(poll_one(ends[0], N_POLLRDNORM, 0), N_POLLRDNORM);
	EQUAL(poll_one(ends[0], N_POLLPRI | N_POLLRDBAND, 0), 0);

	fill_pipe(ends[1]);
	EQUAL(poll_one(ends[1], all, 0), 0);
	while (rump_sys_read(ends[0], bytes, sizeof bytes) > 0)
		continue;
	EQUAL(poll_one(ends[1], all, 0), N_POLLOUT);

	/* Without writers: the end of the file is data to read, and the pipe has hung up. */
	EQUAL(OK(rump_sys_write(ends[1], "a", 1)), 1);
	OK(rump_sys_close(ends[1]));
	EQUAL(poll_one(ends[0], N_POLLIN, 0), N_POLLIN | N_POLLHUP);
	EQUAL(OK(rump_sys_read(ends[0], bytes, 1)), 1);
	EQUAL(poll_one(ends[0], N_POLLIN, -1), N_POLLIN | N_POLLHUP);
	EQUAL(poll_one(ends[0], 0, -1), N_POLLHUP);
	OK(rump_sys_close(ends[0]));
	EQUAL(poll_one(ends[0], N_POLLIN, -1), N_POLLNVAL);

	/* Without readers. */
	OK(rump_sys_pipe2(ends, 0));
	OK(rump_sys_close(ends[0]));
	EQUAL(poll_one(ends[1], N_POLLOUT, -1), N_POLLOUT | N_POLLHUP);
	EQUAL(poll_one(ends[1], 0, -1), N_POLLHUP);
	return 0;
}
