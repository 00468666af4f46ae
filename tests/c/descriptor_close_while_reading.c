/* needs: */
/* A descriptor is closed by one thread while another sleeps in a read of it: the read ends all the same. */
#include "check.h"

static int pair[2];

static void *
reader(void *argument)
{
	char byte = 0;

	(void)argument;
	ssize_t count = rump_sys_read(pair[0], &byte, 1);
	/* Either the read goes on and gets the byte, or it is told of the close. */
	HOLDS(count != 1 || byte == 'q');
	return NULL;
}

int
main(void)
{
	boot();
	OK(rump_sys_pipe2(pair, RUMP_O_NOSIGPIPE));
	int kept = OK(rump_sys_dup(pair[0]));
	pthread_t thread = start_thread(reader, NULL);
	pause_milliseconds(50);
	OK(rump_sys_close(pair[0]));
	EQUAL(OK(rump_sys_write(pair[1], "q", 1)), 1);
	/* Should the read have been told, the byte is for the other descriptor. */
	join_thread(thread);
	OK(rump_sys_close(kept));
	return 0;
}
