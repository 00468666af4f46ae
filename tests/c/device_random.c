/* needs: vfs */
/* /dev/random and /dev/urandom give other bytes each time. */
#include "check.h"

int
main(void)
{
	static char a[5000], b[5000];
	static const char *const names[] = { "/dev/random", "/dev/urandom" };

	boot();
	for (int i = 0; i < 2; i++) {
		int file = OK(rump_sys_open(names[i], RUMP_O_RDONLY));
		size_t got = 0;
		while (got < 64)
			got += (size_t)OK(rump_sys_read(file, a + got, 64 - got));
		got = 0;
		while (got < 64)
			got += (size_t)OK(rump_sys_read(file, b + got, 64 - got));
		HOLDS(memcmp(a, b, 64) != 0);
		HOLDS(memcmp(a, a + 32, 32) != 0);
		OK(rump_sys_close(file));
	}
	int file = OK(rump_sys_open("/dev/urandom", RUMP_O_RDONLY));
	EQUAL(OK(rump_sys_read(file, a, sizeof a)), sizeof a);
	HOLDS(memcmp(a, a + 2500, 2500) != 0);
	return 0;
}
