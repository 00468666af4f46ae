/* needs: */
/* The ends have one way each, no offset, and a status. */
#include "check.h"

int
main(void)
{
	int pair[2];
	char byte = 0;

	boot();
	OK(rump_sys_pipe2(pair, 0));
	FAILS(rump_sys_write(pair[0], &byte, 1), RUMP_EBADF);
	FAILS(rump_sys_read(pair[1], &byte, 1), RUMP_EBADF);
	FAILS(rump_sys_lseek(pair[0], 0, SEEK_SET), RUMP_ESPIPE);
	FAILS(rump_sys_pread(pair[0], &byte, 1, 0), RUMP_ESPIPE);
	FAILS(rump_sys_pwrite(pair[1], &byte, 1, 0), RUMP_ESPIPE);
	FAILS(rump_sys_ftruncate(pair[1], 0), RUMP_ENOSYS);
	EQUAL(OK(rump_sys_write(pair[1], &byte, 0)), 0);
	OK(rump_sys_write(pair[1], "12345", 5));
	Status status = descriptor_status(pair[0]);
	EQUAL(status.st_mode & S_IFMT, S_IFIFO);
	EQUAL(status.st_size, 5);
	EQUAL(OK(rump_sys_read(pair[0], &byte, 0)), 0);
	return 0;
}
