/* needs: fs_tmpfs vfs */
/* The null pointer as buffer, vector, path or result is EFAULT, and changes nothing. */
#include "check.h"

int
main(void)
{
	struct iovec piece = { NULL, 5 };

	boot_in_tmpfs();
	make_file("f", "hello", 5);
	int file = OK(rump_sys_open("f", RUMP_O_RDWR));
	FAILS(rump_sys_read(file, NULL, 5), RUMP_EFAULT);
	EQUAL(OK(rump_sys_lseek(file, 0, SEEK_CUR)), 0);
	FAILS(rump_sys_write(file, NULL, 5), RUMP_EFAULT);
	FAILS(rump_sys_pwrite(file, NULL, 5, 10), RUMP_EFAULT);
	EQUAL(status_of("f").st_size, 5);
	FAILS(rump_sys_readv(file, NULL, 1), RUMP_EFAULT);
	FAILS(rump_sys_readv(file, &piece, 1), RUMP_EFAULT);
	FAILS(rump_sys_open(NULL, RUMP_O_RDONLY), RUMP_EFAULT);
	FAILS(rump_sys_mkdir(NULL, 0777), RUMP_EFAULT);
	FAILS(rump_sys_stat("f", NULL), RUMP_EFAULT);
	FAILS(rump_sys_fstat(file, NULL), RUMP_EFAULT);
	FAILS(rump_sys_rename("f", NULL), RUMP_EFAULT);
	FAILS(rump_sys_readlink(NULL, NULL, 0), RUMP_EFAULT);
	EQUAL(OK(rump_sys_read(file, NULL, 0)), 0);
	return 0;
}
