/* needs: */
/* Closing a descriptor drops the knotes on it, in whatever way it is closed, and on that descriptor only. */
#include "events.h"

int
main(void)
{
	int ends[2], other[2];
	int queue, copy;

	boot();
	queue = OK(rump_sys_kqueue());
	OK(rump_sys_pipe2(ends, 0));
	OK(rump_sys_pipe2(other, 0));
	OK(rump_sys_write(ends[1], "a", 1));
	copy = OK(rump_sys_dup(ends[0]));
	OK(change(queue, ends[0], N_EVFILT_READ, N_EV_ADD, 0, 0));
	OK(change(queue, ends[0], N_EVFILT_WRITE, N_EV_ADD, 0, 0));
	EQUAL(one_event(queue).ident, ends[0]);
	OK(rump_sys_close(ends[0]));
	no_event(queue);
	EQUAL(descriptor_status(queue).st_size, 0);

	/* The number means something else now. */
	EQUAL(OK(rump_sys_dup(other[0])), ends[0]);
	FAILS(change(queue, ends[0], N_EVFILT_READ, N_EV_DELETE, 0, 0), RUMP_ENOENT);

	OK(change(queue, copy, N_EVFILT_READ, N_EV_ADD, 0, 0));
	EQUAL(one_event(queue).ident, copy);
	EQUAL(OK(rump_sys_dup2(other[0], copy)), copy);
	no_event(queue);

	/* A file that is closed while its knote waits: the other end notices, and no knote keeps it. */
	OK(change(queue, other[1], N_EVFILT_WRITE, N_EV_ADD, 0, 0));
	OK(rump_sys_close(copy));
	OK(rump_sys_close(ends[0]));
	OK(change(queue, other[0], N_EVFILT_READ, N_EV_ADD, 0, 0));
	OK(rump_sys_close(other[0]));
	HOLDS(one_event(queue).flags & N_EV_EOF);
	return 0;
}
