/* needs: fs_tmpfs vfs */
/* Without waiting: a reader opens and sees the end, a writer alone is ENXIO. */
#include "check.h"

int
main(void)
{
	char byte;

	rump_boot_setsigmodel(RUMP_SIGMODEL_IGNORE);
	boot_in_tmpfs();
	OK(rump_sys_mkfifo("p", 0666));
	FAILS(rump_sys_open("p", RUMP_O_WRONLY | RUMP_O_NONBLOCK), RUMP_ENXIO);
	int reader = OK(rump_sys_open("p", RUMP_O_RDONLY | RUMP_O_NONBLOCK));
	EQUAL(OK(rump_sys_read(reader, &byte, 1)), 0);
	int writer = OK(rump_sys_open("p", RUMP_O_WRONLY | RUMP_O_NONBLOCK));
	FAILS(rump_sys_read(reader, &byte, 1), RUMP_EAGAIN);
	EQUAL(OK(rump_sys_write(writer, "x", 1)), 1);
	EQUAL(OK(rump_sys_read(reader, &byte, 1)), 1);
	EQUAL(byte, 'x');
	OK(rump_sys_close(reader));
	FAILS(rump_sys_write(writer, "x", 1), RUMP_EPIPE);
	FAILS(rump_sys_open("p", RUMP_O_WRONLY | RUMP_O_NONBLOCK), RUMP_ENXIO);
	EQUAL(status_of("p").st_mode & S_IFMT, S_IFIFO);
	FAILS(rump_sys_mkfifo("p", 0666), RUMP_EEXIST);
	return 0;
}
