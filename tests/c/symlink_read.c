/* needs: fs_tmpfs vfs */
/* readlink(2): cut to the buffer, no NUL, only for links; the size of a link is its target's length. */
#include "check.h"

int
main(void)
{
	char buffer[16];

	boot_in_tmpfs();
	OK(rump_sys_symlink("0123456789", "l"));
	memset(buffer, 'x', sizeof buffer);
	EQUAL(OK(rump_sys_readlink("l", buffer, sizeof buffer)), 10);
	SAME(buffer, "0123456789xx", 12);
	EQUAL(OK(rump_sys_readlink("l", buffer, 3)), 3);
	EQUAL(OK(rump_sys_readlink("l", buffer, 0)), 0);
	EQUAL(status_of("l").st_size, 10);
	make_empty("f");
	FAILS(rump_sys_readlink("f", buffer, 5), RUMP_EINVAL);
	FAILS(rump_sys_readlink(".", buffer, 5), RUMP_EINVAL);
	FAILS(rump_sys_readlink("none", buffer, 5), RUMP_ENOENT);
	EQUAL(status_of("l").st_mode & S_IFMT, S_IFLNK);
	return 0;
}
