/* needs: */
/* A write to a pipe without readers raises SIGPIPE in the host, unless the descriptor or the model says otherwise. */
#include "check.h"
#include <signal.h>

static volatile sig_atomic_t caught;

static void
handler(int number)
{
	(void)number;
	caught++;
}

static void
write_to_broken_pipe(int flags)
{
	int pair[2];

	OK(rump_sys_pipe2(pair, flags));
	OK(rump_sys_close(pair[0]));
	FAILS(rump_sys_write(pair[1], "x", 1), RUMP_EPIPE);
	OK(rump_sys_close(pair[1]));
}

int
main(void)
{
	signal(SIGPIPE, handler);
	boot();
	write_to_broken_pipe(0);
	EQUAL(caught, 1);
	write_to_broken_pipe(RUMP_O_NOSIGPIPE);
	EQUAL(caught, 1);
	rump_boot_setsigmodel(RUMP_SIGMODEL_IGNORE);
	write_to_broken_pipe(0);
	EQUAL(caught, 1);
	return 0;
}
