/* needs: fs_tmpfs vfs */
/* Lengths past what the result can tell are EINVAL. */
#include "check.h"

int
main(void)
{
	char byte;

	boot_in_tmpfs();
	make_file("f", "hello", 5);
	int file = OK(rump_sys_open("f", RUMP_O_RDWR));
	FAILS(rump_sys_read(file, &byte, (size_t)-1), RUMP_EINVAL);
	FAILS(rump_sys_write(file, &byte, (size_t)-1), RUMP_EINVAL);
	FAILS(rump_sys_pread(file, &byte, (size_t)INT64_MAX + 1, 0), RUMP_EINVAL);
	FAILS(rump_sys_pread(file, &byte, 1, -1), RUMP_EINVAL);
	FAILS(rump_sys_pwrite(file, &byte, 1, -1), RUMP_EINVAL);
	return 0;
}
