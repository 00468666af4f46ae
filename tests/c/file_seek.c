/* needs: fs_tmpfs vfs */
/* lseek(2): three ways, negative results, overflow. */
#include "check.h"

int
main(void)
{
	boot_in_tmpfs();
	make_file("f", "0123456789", 10);
	int file = OK(rump_sys_open("f", RUMP_O_RDWR));
	EQUAL(OK(rump_sys_lseek(file, 5, SEEK_SET)), 5);
	EQUAL(OK(rump_sys_lseek(file, -2, SEEK_CUR)), 3);
	EQUAL(OK(rump_sys_lseek(file, -10, SEEK_END)), 0);
	FAILS(rump_sys_lseek(file, -1, SEEK_SET), RUMP_EINVAL);
	FAILS(rump_sys_lseek(file, -1, SEEK_CUR), RUMP_EINVAL);
	FAILS(rump_sys_lseek(file, -11, SEEK_END), RUMP_EINVAL);
	FAILS(rump_sys_lseek(file, 0, 9), RUMP_EINVAL);
	EQUAL(OK(rump_sys_lseek(file, 0, SEEK_CUR)), 0);
	EQUAL(OK(rump_sys_lseek(file, INT64_MAX, SEEK_SET)), INT64_MAX);
	FAILS(rump_sys_lseek(99, 0, SEEK_SET), RUMP_EBADF);
	return 0;
}
