/* A kernel without component fs_tmpfs knows no tmpfs. */
#include <errno.h>
#include <rump/rump.h>
#include <rump/rump_syscalls.h>

int
main(void)
{
	int nodev = 19;
	char arguments[48] = { 1 };

	if (rump_init() != 0 || rump_sys_mkdir("/t", 0755) != 0)
		return 1;
	return rump_sys_mount("tmpfs", "/t", 0, arguments, sizeof arguments) == -1 && errno == nodev ? 0 : 2;
}
