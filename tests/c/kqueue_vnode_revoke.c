/* needs: fs_tmpfs vfs */
/* An unmount by force is the end of what is watched on it. */
#include "events.h"

int
main(void)
{
	int queue, file, other;
	Event events[4];

	boot();
	queue = OK(rump_sys_kqueue());
	OK(rump_sys_mkdir("/m", 0755));
	OK(try_mount_tmpfs("/m", 0, 0, 0));
	make_file("/m/file", "abc", 3);
	file = OK(rump_sys_open("/m/file", RUMP_O_RDWR));
	other = OK(rump_sys_open("/m/file", RUMP_O_RDWR));
	EQUAL(OK(rump_sys_lseek(other, 0, 2)), 3);
	OK(change(queue, file, N_EVFILT_VNODE, N_EV_ADD | N_EV_CLEAR, N_NOTE_REVOKE, 0));
	OK(change(queue, other, N_EVFILT_READ, N_EV_ADD, 0, 0));
	no_event(queue);
	OK(rump_sys_unmount("/m", 0x80000));
	EQUAL(events_of(queue, events, 4, 1000), 2);
	for (int i = 0; i < 2; i++) {
		HOLDS(events[i].flags & N_EV_EOF);
		if (events[i].filter == N_EVFILT_VNODE) {
			EQUAL(events[i].fflags, N_NOTE_REVOKE);
		} else {
			EQUAL(events[i].ident, other);
		}
	}
	FAILS(change(queue, other, N_EVFILT_READ, N_EV_DELETE, 0, 0), RUMP_ENOENT);
	return 0;
}
