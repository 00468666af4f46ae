/* needs: fs_tmpfs vfs */
/* An open for reading waits for a writer, and the other way round; data goes through; the last writer ends it. */
#include "check.h"

static volatile int opened;

static void *
reader(void *argument)
{
	char buffer[8];

	(void)argument;
	int file = OK(rump_sys_open("/t/p", RUMP_O_RDONLY));
	opened++;
	EQUAL(OK(rump_sys_read(file, buffer, sizeof buffer)), 5);
	SAME(buffer, "hello", 5);
	EQUAL(OK(rump_sys_read(file, buffer, sizeof buffer)), 0);
	OK(rump_sys_close(file));
	return NULL;
}

static void *
writer(void *argument)
{
	(void)argument;
	int file = OK(rump_sys_open("/t/p", RUMP_O_WRONLY));
	opened++;
	EQUAL(OK(rump_sys_write(file, "again", 5)), 5);
	OK(rump_sys_close(file));
	return NULL;
}

int
main(void)
{
	char buffer[8];

	boot_in_tmpfs();
	OK(rump_sys_mkfifo("p", 0666));
	pthread_t thread = start_thread(reader, NULL);
	pause_milliseconds(50);
	EQUAL(opened, 0);
	int file = OK(rump_sys_open("p", RUMP_O_WRONLY));
	EQUAL(OK(rump_sys_write(file, "hello", 5)), 5);
	pause_milliseconds(20);
	OK(rump_sys_close(file));
	join_thread(thread);

	opened = 0;
	thread = start_thread(writer, NULL);
	pause_milliseconds(50);
	EQUAL(opened, 0);
	file = OK(rump_sys_open("p", RUMP_O_RDONLY));
	size_t got = 0;
	while (got < 5)
		got += (size_t)OK(rump_sys_read(file, buffer + got, 5 - got));
	SAME(buffer, "again", 5);
	join_thread(thread);
	EQUAL(OK(rump_sys_read(file, buffer, 1)), 0);
	FAILS(rump_sys_lseek(file, 0, SEEK_SET), RUMP_ESPIPE);
	return 0;
}
