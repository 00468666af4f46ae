/* needs: */
/* A sleeping select wakes for any of its sets, and fails when a descriptor of them is closed. */
#include "events.h"

static int first[2], second[2];

static void *
act(void *argument)
{
	pause_milliseconds(30);
	if (argument == NULL)
		OK(rump_sys_write(second[1], "a", 1));
	else
		OK(rump_sys_close(first[0]));
	return NULL;
}

int
main(void)
{
	struct rump_netbsd_fd_set in = { { 0 } };
	pthread_t thread;
	char byte;

	boot();
	OK(rump_sys_pipe2(first, 0));
	OK(rump_sys_pipe2(second, 0));
	in.fds_bits[0] = 1u << first[0] | 1u << second[0];
	thread = start_thread(act, NULL);
	EQUAL(OK(rump_sys_select(32, (fd_set *)&in, NULL, NULL, NULL)), 1);
	EQUAL(in.fds_bits[0], 1u << second[0]);
	join_thread(thread);
	EQUAL(OK(rump_sys_read(second[0], &byte, 1)), 1);

	in.fds_bits[0] = 1u << first[0] | 1u << second[0];
	thread = start_thread(act, &byte);
	FAILS(rump_sys_select(32, (fd_set *)&in, NULL, NULL, NULL), RUMP_EBADF);
	join_thread(thread);
	return 0;
}
