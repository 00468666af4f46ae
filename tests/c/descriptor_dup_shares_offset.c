/* needs: fs_tmpfs vfs */
/* Duplicates share offset and status; a second open does not. */
#include "check.h"

int
main(void)
{
	boot_in_tmpfs();
	make_file("f", "0123456789", 10);
	int a = OK(rump_sys_open("f", RUMP_O_RDWR));
	int b = OK(rump_sys_dup(a));
	int c = OK(rump_sys_open("f", RUMP_O_RDWR));
	char buffer[4];
	EQUAL(OK(rump_sys_read(a, buffer, 4)), 4);
	EQUAL(OK(rump_sys_lseek(b, 0, SEEK_CUR)), 4);
	EQUAL(OK(rump_sys_lseek(c, 0, SEEK_CUR)), 0);
	OK(rump_sys_fcntl(a, N_F_SETFL, RUMP_O_APPEND));
	EQUAL(OK(rump_sys_fcntl(b, N_F_GETFL)), RUMP_O_RDWR | RUMP_O_APPEND);
	EQUAL(OK(rump_sys_fcntl(c, N_F_GETFL)), RUMP_O_RDWR);
	/* The flag that says what exec closes is each descriptor's own. */
	OK(rump_sys_fcntl(a, N_F_SETFD, N_FD_CLOEXEC));
	EQUAL(OK(rump_sys_fcntl(b, N_F_GETFD)), 0);
	OK(rump_sys_close(a));
	EQUAL(OK(rump_sys_read(b, buffer, 1)), 1);
	EQUAL(buffer[0], '4');
	return 0;
}
