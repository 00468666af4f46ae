/* needs: fs_tmpfs vfs */
/* An immutable file takes no change at all, of anybody, until the flag is gone. */
#include "check.h"

int
main(void)
{
	boot_in_tmpfs();
	make_file("f", "data", 4);
	OK(rump_sys_mkdir("d", 0777));
	make_empty("d/inner");
	int before = OK(rump_sys_open("f", RUMP_O_RDWR));
	OK(rump_sys_chflags("f", N_UF_IMMUTABLE));
	EQUAL(status_of("f").st_flags, N_UF_IMMUTABLE);
	FAILS(rump_sys_open("f", RUMP_O_WRONLY), RUMP_EPERM);
	FAILS(rump_sys_open("f", RUMP_O_RDONLY | RUMP_O_TRUNC), RUMP_EPERM);
	OK(rump_sys_open("f", RUMP_O_RDONLY));
	FAILS(rump_sys_truncate("f", 0), RUMP_EPERM);
	FAILS(rump_sys_unlink("f"), RUMP_EPERM);
	FAILS(rump_sys_rename("f", "g"), RUMP_EPERM);
	FAILS(rump_sys_link("f", "g"), RUMP_EPERM);
	FAILS(rump_sys_chmod("f", 0777), RUMP_EPERM);
	FAILS(rump_sys_chown("f", 1, 1), RUMP_EPERM);
	FAILS(rump_sys_utimes("f", NULL), RUMP_EPERM);
	make_empty("other");
	FAILS(rump_sys_rename("other", "f"), RUMP_EPERM);
	FAILS(rump_sys_access("f", W_OK), RUMP_EPERM);
	(void)before;
	OK(rump_sys_chflags("f", 0));
	OK(rump_sys_unlink("f"));
	/* Of a directory: its names. */
	OK(rump_sys_chflags("d", N_UF_IMMUTABLE));
	FAILS(rump_sys_unlink("d/inner"), RUMP_EPERM);
	FAILS(rump_sys_mkdir("d/n", 0777), RUMP_EPERM);
	FAILS(rump_sys_open("d/n", RUMP_O_CREAT | RUMP_O_RDWR, 0666), RUMP_EPERM);
	FAILS(rump_sys_rename("d/inner", "x"), RUMP_EPERM);
	FAILS(rump_sys_rename("other", "d/x"), RUMP_EPERM);
	HOLDS(rump_sys_rmdir("d") == -1);
	OK(rump_sys_chmod("d/inner", 0600));
	OK(rump_sys_chflags("d", 0));
	OK(rump_sys_unlink("d/inner"));
	return 0;
}
