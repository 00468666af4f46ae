/* needs: */
/* A write without readers is EPIPE, for one that sleeps in a full pipe, too. */
#include "check.h"

static int pair[2];
static char block[2000000];

static void *
writer(void *argument)
{
	(void)argument;
	FAILS(rump_sys_write(pair[1], block, sizeof block), RUMP_EPIPE);
	return NULL;
}

int
main(void)
{
	rump_boot_setsigmodel(RUMP_SIGMODEL_IGNORE);
	boot();
	OK(rump_sys_pipe2(pair, RUMP_O_NOSIGPIPE));
	OK(rump_sys_close(pair[0]));
	FAILS(rump_sys_write(pair[1], "x", 1), RUMP_EPIPE);
	FAILS(rump_sys_write(pair[1], "x", 1), RUMP_EPIPE);
	OK(rump_sys_close(pair[1]));

	OK(rump_sys_pipe2(pair, RUMP_O_NOSIGPIPE));
	pthread_t thread = start_thread(writer, NULL);
	pause_milliseconds(50);
	OK(rump_sys_close(pair[0]));
	join_thread(thread);
	return 0;
}
