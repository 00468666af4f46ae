/* needs: fs_tmpfs vfs */
/* A hole takes no memory: a file of a terabyte with a byte at its end. */
#include "check.h"

int
main(void)
{
	char byte;

	boot_in_tmpfs();
	int file = OK(rump_sys_open("f", RUMP_O_CREAT | RUMP_O_RDWR, 0666));
	OK(rump_sys_ftruncate(file, (off_t)1 << 40));
	EQUAL(status_of("f").st_size, (off_t)1 << 40);
	EQUAL(OK(rump_sys_pread(file, &byte, 1, ((off_t)1 << 40) - 1)), 1);
	EQUAL(byte, 0);
	HOLDS(status_of("f").st_blocks < 2048);
	OK(rump_sys_ftruncate(file, 0));
	EQUAL(status_of("f").st_blocks, 0);
	return 0;
}
