/* needs: fs_tmpfs vfs */
/* Files, directories and devices that never make anybody wait are always ready. */
#include "events.h"

static void
check(const char *path, int flags)
{
	int all = N_POLLIN | N_POLLOUT | N_POLLRDNORM | N_POLLRDBAND | N_POLLPRI;
	int descriptor = OK(rump_sys_open(path, flags));

	EQUAL(poll_one(descriptor, all, -1), N_POLLIN | N_POLLOUT | N_POLLRDNORM);
	EQUAL(poll_one(descriptor, N_POLLOUT, -1), N_POLLOUT);
	EQUAL(poll_one(descriptor, 0, 0), 0);
	OK(rump_sys_close(descriptor));
}

int
main(void)
{
	boot_in_tmpfs();
	make_empty("file");
	check("file", RUMP_O_RDWR);
	check(".", RUMP_O_RDONLY);
	check("/dev/null", RUMP_O_RDWR);
	check("/dev/zero", RUMP_O_RDWR);
	return 0;
}
