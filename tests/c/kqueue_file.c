/* needs: fs_tmpfs vfs */
/* EVFILT_READ on a file: ready while there is something past its offset. */
#include "events.h"

int
main(void)
{
	int queue, file, writer;
	char bytes[16];

	boot_in_tmpfs();
	queue = OK(rump_sys_kqueue());
	make_file("file", "abcdef", 6);
	file = OK(rump_sys_open("file", RUMP_O_RDONLY));
	writer = OK(rump_sys_open("file", RUMP_O_WRONLY | RUMP_O_APPEND));
	OK(change(queue, file, N_EVFILT_READ, N_EV_ADD, 0, 0));
	EQUAL(one_event(queue).data, 6);
	EQUAL(OK(rump_sys_read(file, bytes, 4)), 4);
	EQUAL(one_event(queue).data, 2);
	EQUAL(OK(rump_sys_read(file, bytes, 4)), 2);
	no_event(queue);
	EQUAL(OK(rump_sys_write(writer, "gh", 2)), 2);
	EQUAL(one_event(queue).data, 2);
	EQUAL(OK(rump_sys_lseek(file, 10, 0)), 10);
	EQUAL(one_event(queue).data, -2);
	EQUAL(OK(rump_sys_lseek(file, 0, 2)), 8);
	no_event(queue);
	return 0;
}
