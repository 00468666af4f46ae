/* needs: fs_tmpfs vfs */
/* The times of a file that stays open are those of its last change, too. */
#include "check.h"

int
main(void)
{
	struct timespec now;

	boot_in_tmpfs();
	int file = OK(rump_sys_open("f", RUMP_O_CREAT | RUMP_O_RDWR, 0666));
	EQUAL(OK(rump_sys_write(file, "x", 1)), 1);
	OK(rump_sys_clock_gettime(N_CLOCK_REALTIME, &now));
	pause_milliseconds(60);
	Status status = descriptor_status(file);
	HOLDS(status.st_mtim.tv_sec < now.tv_sec ||
	    (status.st_mtim.tv_sec == now.tv_sec && status.st_mtim.tv_nsec <= now.tv_nsec + 20000000));
	return 0;
}
