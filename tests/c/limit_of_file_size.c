/* needs: fs_tmpfs vfs */
/* RLIMIT_FSIZE: a write past it is EFBIG, one across it is cut or refused, and never exceeds it. */
#include "check.h"

int
main(void)
{
	struct rlimit limit = { 1000, 1000 };
	char block[600] = { 0 };

	rump_boot_setsigmodel(RUMP_SIGMODEL_IGNORE);
	boot_in_tmpfs();
	new_process();
	OK(rump_sys_setrlimit(N_RLIMIT_FSIZE, &limit));
	int file = OK(rump_sys_open("f", RUMP_O_CREAT | RUMP_O_RDWR, 0666));
	EQUAL(OK(rump_sys_write(file, block, 600)), 600);
	ssize_t count = rump_sys_write(file, block, 600);
	HOLDS(count == 400 || (count == -1 && errno == RUMP_EFBIG));
	HOLDS(status_of("f").st_size <= 1000);
	FAILS(rump_sys_pwrite(file, block, 1, 1000), RUMP_EFBIG);
	EQUAL(OK(rump_sys_pwrite(file, block, 1, 999)), 1);
	EQUAL(status_of("f").st_size, 1000);
	return 0;
}
