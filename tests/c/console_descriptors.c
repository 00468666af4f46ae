/* Process 1 begins with the console as its descriptors 0, 1 and 2: a terminal for writing. */

#include "check.h"
#include "console.h"
#include "events.h"

#include <string.h>

#define TIOCGETA 0x402c7413ul
#define TIOCGWINSZ 0x40087468ul

static void
check_console(int number)
{
	unsigned char terminal[44];
	char byte;
	struct pollfd poll = { number, N_POLLIN | N_POLLOUT, 0 };

	EQUAL(descriptor_status(number).st_mode, 0020600);
	FAILS(rump_sys_read(number, &byte, 1), RUMP_EBADF);
	FAILS(rump_sys_lseek(number, 0, 0), RUMP_ESPIPE);
	OK(rump_sys_ioctl(number, TIOCGETA, terminal));
	FAILS(rump_sys_ioctl(number, TIOCGETA, NULL), RUMP_EFAULT);
	FAILS(rump_sys_ioctl(number, TIOCGWINSZ, terminal), RUMP_ENOTTY);
	EQUAL(rump_sys_poll((void *)&poll, 1, 0), 1);
	EQUAL(poll.revents, N_POLLOUT);
}

int
main(void)
{
	int ends[2];
	char large[1000];

	OK(rump_init());
	for (int number = 0; number < 3; number++)
		check_console(number);
	OK(rump_sys_pipe2(ends, 0));
	EQUAL(ends[0], 3);
	EQUAL(ends[1], 4);

	console_start();
	memset(large, 'x', sizeof large);
	EQUAL(rump_sys_write(1, "one\n", 4), 4);
	EQUAL(rump_sys_write(2, large, sizeof large), sizeof large);
	const char *printed = console_end();
	HOLDS(strncmp(printed, "one\n", 4) == 0);
	EQUAL(strlen(printed), 4 + sizeof large);
	HOLDS(strspn(printed + 4, "x") == sizeof large);
	FAILS(rump_sys_write(1, NULL, 1), RUMP_EFAULT);

	/* They are descriptors as others are: they can be closed, moved and left behind. */
	OK(rump_sys_close(0));
	EQUAL(rump_sys_dup(ends[0]), 0);
	OK(rump_pub_lwproc_rfork(RUMP_RFCFDG));
	FAILS(rump_sys_write(1, "lost", 4), RUMP_EBADF);
	OK(rump_sys_pipe2(ends, 0));
	EQUAL(ends[0], 0);
	rump_pub_lwproc_releaselwp();
	return 0;
}
