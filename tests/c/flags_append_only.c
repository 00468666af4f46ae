/* needs: fs_tmpfs vfs */
/* An append-only file grows at its end and in no other way; of a directory, names come and do not go. */
#include "check.h"

int
main(void)
{
	boot_in_tmpfs();
	make_file("f", "data", 4);
	OK(rump_sys_chflags("f", N_UF_APPEND));
	FAILS(rump_sys_open("f", RUMP_O_WRONLY), RUMP_EPERM);
	FAILS(rump_sys_open("f", RUMP_O_WRONLY | RUMP_O_APPEND | RUMP_O_TRUNC), RUMP_EPERM);
	FAILS(rump_sys_truncate("f", 10), RUMP_EPERM);
	FAILS(rump_sys_unlink("f"), RUMP_EPERM);
	FAILS(rump_sys_rename("f", "g"), RUMP_EPERM);
	FAILS(rump_sys_link("f", "g"), RUMP_EPERM);
	int file = OK(rump_sys_open("f", RUMP_O_WRONLY | RUMP_O_APPEND));
	EQUAL(OK(rump_sys_write(file, "more", 4)), 4);
	EQUAL(status_of("f").st_size, 8);
	FAILS(rump_sys_ftruncate(file, 0), RUMP_EPERM);
	OK(rump_sys_mkdir("d", 0777));
	OK(rump_sys_chflags("d", N_UF_APPEND));
	make_empty("d/n");
	FAILS(rump_sys_unlink("d/n"), RUMP_EPERM);
	FAILS(rump_sys_rename("d/n", "d/m"), RUMP_EPERM);
	OK(rump_sys_mkdir("d/s", 0777));
	FAILS(rump_sys_rmdir("d/s"), RUMP_EPERM);
	return 0;
}
