/* needs: */
/* A forked process gets no copy of a queue's descriptor; one that shares its parent's descriptors shares queues too. */
#include "events.h"

int
main(void)
{
	int ends[2];
	int queue;
	struct lwp *parent;

	boot();
	parent = new_process();
	OK(rump_sys_pipe2(ends, 0));
	queue = OK(rump_sys_kqueue());
	OK(change(queue, ends[0], N_EVFILT_READ, N_EV_ADD, 0, 0));
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_COPY), 0);
	FAILS(rump_sys_fcntl(queue, N_F_GETFD, 0), RUMP_EBADF);
	EQUAL(OK(rump_sys_dup(ends[0])), queue);
	/* Closing here drops no knote there. */
	OK(rump_sys_close(ends[0]));
	OK(rump_sys_write(ends[1], "a", 1));
	rump_pub_lwproc_releaselwp();
	rump_pub_lwproc_switch(parent);
	EQUAL(one_event(queue).ident, ends[0]);
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_SHARE), 0);
	EQUAL(one_event(queue).ident, ends[0]);
	rump_pub_lwproc_releaselwp();
	rump_pub_lwproc_switch(parent);
	EQUAL(one_event(queue).ident, ends[0]);
	return 0;
}
