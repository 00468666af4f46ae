/* needs: */
/* Without writers a reader gets the rest and then the end; one that sleeps is woken by the last close. */
#include "check.h"

static int pair[2];

static void *
reader(void *argument)
{
	char buffer[8];

	(void)argument;
	EQUAL(OK(rump_sys_read(pair[0], buffer, sizeof buffer)), 0);
	return NULL;
}

int
main(void)
{
	char buffer[8];

	boot();
	OK(rump_sys_pipe2(pair, 0));
	EQUAL(OK(rump_sys_write(pair[1], "abc", 3)), 3);
	OK(rump_sys_close(pair[1]));
	EQUAL(OK(rump_sys_read(pair[0], buffer, 2)), 2);
	EQUAL(OK(rump_sys_read(pair[0], buffer, 2)), 1);
	EQUAL(buffer[0], 'c');
	EQUAL(OK(rump_sys_read(pair[0], buffer, 2)), 0);
	EQUAL(OK(rump_sys_read(pair[0], buffer, 2)), 0);

	OK(rump_sys_pipe2(pair, 0));
	int copy = OK(rump_sys_dup(pair[1]));
	pthread_t thread = start_thread(reader, NULL);
	pause_milliseconds(30);
	OK(rump_sys_close(pair[1]));
	pause_milliseconds(30);
	OK(rump_sys_close(copy));
	join_thread(thread);
	return 0;
}
