/* needs: fs_tmpfs vfs */
/* EVFILT_READ and EVFILT_WRITE on a fifo; EV_EOF goes when a new writer comes. */
#include "events.h"

int
main(void)
{
	int queue, reader, writer;
	char bytes[8];

	boot_in_tmpfs();
	queue = OK(rump_sys_kqueue());
	OK(rump_sys_mkfifo("fifo", 0600));
	reader = OK(rump_sys_open("fifo", RUMP_O_RDONLY | RUMP_O_NONBLOCK));
	OK(change(queue, reader, N_EVFILT_READ, N_EV_ADD, 0, 0));
	no_event(queue);
	writer = OK(rump_sys_open("fifo", RUMP_O_WRONLY | RUMP_O_NONBLOCK));
	OK(rump_sys_write(writer, "abc", 3));
	EQUAL(one_event(queue).data, 3);
	EQUAL(OK(rump_sys_read(reader, bytes, 8)), 3);
	no_event(queue);
	OK(rump_sys_close(writer));
	HOLDS(one_event(queue).flags & N_EV_EOF);
	writer = OK(rump_sys_open("fifo", RUMP_O_WRONLY | RUMP_O_NONBLOCK));
	no_event(queue);
	OK(rump_sys_write(writer, "ab", 2));
	Event event = one_event(queue);
	EQUAL(event.data, 2);
	EQUAL(event.flags & N_EV_EOF, 0);
	OK(change(queue, writer, N_EVFILT_WRITE, N_EV_ADD | N_EV_ONESHOT, 0, 0));
	FAILS(change(queue, writer, N_EVFILT_VNODE, N_EV_ADD, N_NOTE_WRITE, 0), RUMP_EINVAL);
	return 0;
}
