/* needs: fs_tmpfs vfs */
/* At the greatest offset there is: reads end, writes are refused, nothing breaks. */
#include "check.h"

int
main(void)
{
	char bytes[4] = "abc";

	rump_boot_setsigmodel(RUMP_SIGMODEL_IGNORE);
	boot_in_tmpfs();
	make_file("f", "hello", 5);
	int file = OK(rump_sys_open("f", RUMP_O_RDWR));
	EQUAL(OK(rump_sys_pread(file, bytes, 4, INT64_MAX)), 0);
	EQUAL(OK(rump_sys_pread(file, bytes, 4, INT64_MAX - 2)), 0);
	EQUAL(rump_sys_pwrite(file, bytes, 4, INT64_MAX), -1);
	HOLDS(errno == RUMP_EFBIG || errno == RUMP_EINVAL);
	EQUAL(rump_sys_pwrite(file, bytes, 4, INT64_MAX - 2), -1);
	HOLDS(errno == RUMP_EFBIG || errno == RUMP_EINVAL);
	EQUAL(status_of("f").st_size, 5);
	EQUAL(OK(rump_sys_lseek(file, INT64_MAX, SEEK_SET)), INT64_MAX);
	EQUAL(OK(rump_sys_read(file, bytes, 4)), 0);
	EQUAL(rump_sys_write(file, bytes, 1), -1);
	return 0;
}
