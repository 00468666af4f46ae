/* needs: fs_tmpfs vfs */
/* Poll on a fifo: nothing before the first writer came, data, and the end when the last writer has gone. */
#include "events.h"

int
main(void)
{
	char bytes[8];
	int reader, writer;

	boot_in_tmpfs();
	OK(rump_sys_mkfifo("fifo", 0600));
	reader = OK(rump_sys_open("fifo", RUMP_O_RDONLY | RUMP_O_NONBLOCK));
	EQUAL(poll_one(reader, N_POLLIN, 0), 0);
	writer = OK(rump_sys_open("fifo", RUMP_O_WRONLY | RUMP_O_NONBLOCK));
	EQUAL(poll_one(reader, N_POLLIN, 0), 0);
	EQUAL(poll_one(writer, N_POLLOUT, 0), N_POLLOUT);
	OK(rump_sys_write(writer, "abc", 3));
	EQUAL(poll_one(reader, N_POLLIN, 0), N_POLLIN);
	EQUAL(OK(rump_sys_read(reader, bytes, 8)), 3);
	EQUAL(poll_one(reader, N_POLLIN, 0), 0);
	OK(rump_sys_close(writer));
	HOLDS(poll_one(reader, N_POLLIN, 0) & N_POLLIN);
	EQUAL(OK(rump_sys_read(reader, bytes, 8)), 0);

	/* A new writer begins a new stream. */
	writer = OK(rump_sys_open("fifo", RUMP_O_WRONLY | RUMP_O_NONBLOCK));
	EQUAL(poll_one(reader, N_POLLIN, 0), 0);
	OK(rump_sys_write(writer, "abc", 3));
	EQUAL(poll_one(reader, N_POLLIN, 0), N_POLLIN);
	OK(rump_sys_close(reader));
	OK(rump_sys_close(writer));

	/* And a new reader sees nothing of those before. */
	reader = OK(rump_sys_open("fifo", RUMP_O_RDONLY | RUMP_O_NONBLOCK));
	EQUAL(poll_one(reader, N_POLLIN, 0), 0);
	return 0;
}
