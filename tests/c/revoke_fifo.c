/* needs: fs_tmpfs vfs */
/* revoke(2) on a fifo wakes who reads, writes, polls or waits for the other side; the next open starts anew. */
#include "events.h"

static int file;

static void *
reader(void *unused)
{
	char buffer[8];

	(void)unused;
	EQUAL(OK(rump_sys_read(file, buffer, sizeof buffer)), 0);
	return NULL;
}

static void *
poller(void *unused)
{
	struct pollfd wanted = { .fd = file, .events = N_POLLIN };

	(void)unused;
	EQUAL(OK(rump_sys_poll(&wanted, 1, 10000)), 1);
	HOLDS(wanted.revents & N_POLLHUP);
	return NULL;
}

static void *
opener(void *unused)
{
	(void)unused;
	FAILS(rump_sys_open("/t/lonely", RUMP_O_RDONLY), RUMP_ENXIO);
	return NULL;
}

int
main(void)
{
	char buffer[8];
	pthread_t threads[3];

	boot_in_tmpfs();
	OK(rump_sys_mkfifo("fifo", 0666));
	OK(rump_sys_mkfifo("lonely", 0666));
	file = OK(rump_sys_open("fifo", RUMP_O_RDWR));
	threads[0] = start_thread(reader, NULL);
	threads[1] = start_thread(poller, NULL);
	threads[2] = start_thread(opener, NULL);
	pause_milliseconds(100);
	OK(rump_sys_revoke("fifo"));
	OK(rump_sys_revoke("lonely"));
	for (int index = 0; index < 3; index++)
		join_thread(threads[index]);
	FAILS(rump_sys_read(file, buffer, 1), RUMP_EIO);
	FAILS(rump_sys_write(file, "x", 1), RUMP_EIO);

	int again = OK(rump_sys_open("fifo", RUMP_O_RDWR));
	EQUAL(OK(rump_sys_write(again, "new", 3)), 3);
	EQUAL(OK(rump_sys_read(again, buffer, sizeof buffer)), 3);
	FAILS(rump_sys_read(file, buffer, 1), RUMP_EIO);
	OK(rump_sys_close(file));
	OK(rump_sys_close(again));
	return 0;
}
