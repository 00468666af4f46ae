/* needs: vfs */
/* One virtual CPU serves threads that block on one another. */
#include "check.h"

static int pair[2];

static void *
reader(void *argument)
{
	char buffer[1];

	(void)argument;
	EQUAL(OK(rump_sys_read(pair[0], buffer, 1)), 1);
	return NULL;
}

int
main(void)
{
	setenv("RUMP_NCPU", "1", 1);
	boot();
	OK(rump_sys_pipe2(pair, 0));
	pthread_t thread = start_thread(reader, NULL);
	pause_milliseconds(50);
	/* The reader sleeps and holds no CPU meanwhile. */
	OK(rump_sys_mkdir("/a", 0777));
	EQUAL(OK(rump_sys_write(pair[1], "x", 1)), 1);
	join_thread(thread);
	return 0;
}
