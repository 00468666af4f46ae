/* needs: fs_tmpfs vfs */
/* A vector without pieces is EINVAL (POSIX; NetBSD says so for readv). */
#include "check.h"

int
main(void)
{
	struct iovec piece = { "x", 1 };

	boot_in_tmpfs();
	int file = OK(rump_sys_open("f", RUMP_O_CREAT | RUMP_O_RDWR, 0666));
	FAILS(rump_sys_readv(file, &piece, 0), RUMP_EINVAL);
	FAILS(rump_sys_writev(file, &piece, 0), RUMP_EINVAL);
	return 0;
}
