/* needs: */
/* FIONREAD, FIONWRITE and FIONSPACE tell how much is in a pipe. */
#include "check.h"

#define N_FIONWRITE		_RUMP_IOR('f', 121, int)
#define N_FIONSPACE		_RUMP_IOR('f', 120, int)

static int
count(int descriptor, unsigned long command)
{
	int value = -1;

	OK(rump_sys_ioctl(descriptor, command, &value));
	return value;
}

int
main(void)
{
	int ends[2];
	int space;

	boot();
	OK(rump_sys_pipe2(ends, 0));
	space = count(ends[1], N_FIONSPACE);
	HOLDS(space >= 4096);
	EQUAL(OK(rump_sys_write(ends[1], "abc", 3)), 3);
	EQUAL(count(ends[0], N_FIONREAD), 3);
	EQUAL(count(ends[1], N_FIONREAD), 0);
	EQUAL(count(ends[1], N_FIONWRITE), 3);
	EQUAL(count(ends[0], N_FIONWRITE), 0);
	EQUAL(count(ends[1], N_FIONSPACE), space - 3);
	return 0;
}
