/* needs: */
/* EVFILT_PROC: the fork and the end of a process, and its children with NOTE_TRACK. */
#include "events.h"

int
main(void)
{
	struct lwp *watcher, *child, *grandchild;
	int queue, child_number, grandchild_number;
	Event events[8];

	boot();
	watcher = new_process();
	queue = OK(rump_sys_kqueue());
	child = new_process();
	child_number = rump_sys_getpid();
	rump_pub_lwproc_switch(watcher);
	OK(change(queue, child_number, N_EVFILT_PROC, N_EV_ADD,
	    N_NOTE_EXIT | N_NOTE_FORK | N_NOTE_TRACK, 0));
	no_event(queue);

	rump_pub_lwproc_switch(child);
	grandchild = new_process();
	grandchild_number = rump_sys_getpid();
	rump_pub_lwproc_switch(watcher);
	EQUAL(events_of(queue, events, 8, 0), 2);
	for (int i = 0; i < 2; i++) {
		EQUAL(events[i].filter, N_EVFILT_PROC);
		if (events[i].ident == (uintptr_t)child_number) {
			EQUAL(events[i].fflags, N_NOTE_FORK);
		} else {
			EQUAL(events[i].ident, grandchild_number);
			EQUAL(events[i].fflags, N_NOTE_CHILD);
			EQUAL(events[i].data, child_number);
		}
	}
	no_event(queue);

	rump_pub_lwproc_switch(grandchild);
	rump_pub_lwproc_releaselwp();
	rump_pub_lwproc_switch(watcher);
	EQUAL(events_of(queue, events, 8, 0), 1);
	EQUAL(events[0].ident, grandchild_number);
	EQUAL(events[0].fflags, N_NOTE_EXIT);
	HOLDS(events[0].flags & N_EV_EOF);
	no_event(queue);
	FAILS(change(queue, grandchild_number, N_EVFILT_PROC, N_EV_DELETE, 0, 0), RUMP_ENOENT);

	rump_pub_lwproc_switch(child);
	rump_pub_lwproc_releaselwp();
	rump_pub_lwproc_switch(watcher);
	EQUAL(one_event(queue).ident, child_number);
	FAILS(change(queue, child_number, N_EVFILT_PROC, N_EV_ADD, N_NOTE_EXIT, 0), RUMP_ESRCH);
	return 0;
}
