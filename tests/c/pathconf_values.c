/* needs: fs_tmpfs vfs */
/* pathconf(2): what every file system answers. */
#include "check.h"

int
main(void)
{
	boot_in_tmpfs();
	make_empty("f");
	EQUAL(OK(rump_sys_pathconf("f", N_PC_NAME_MAX)), 255);
	EQUAL(OK(rump_sys_pathconf("f", N_PC_PATH_MAX)), 1024);
	EQUAL(OK(rump_sys_pathconf("f", N_PC_PIPE_BUF)), 512);
	EQUAL(OK(rump_sys_pathconf("f", N_PC_CHOWN_RESTRICTED)), 1);
	EQUAL(OK(rump_sys_pathconf("f", N_PC_NO_TRUNC)), 1);
	HOLDS(OK(rump_sys_pathconf("f", N_PC_LINK_MAX)) > 1000);
	int file = OK(rump_sys_open("f", RUMP_O_RDONLY));
	EQUAL(OK(rump_sys_fpathconf(file, N_PC_NAME_MAX)), 255);
	FAILS(rump_sys_pathconf("f", 99), RUMP_EINVAL);
	FAILS(rump_sys_pathconf("none", N_PC_NAME_MAX), RUMP_ENOENT);
	FAILS(rump_sys_fpathconf(99, N_PC_NAME_MAX), RUMP_EBADF);
	return 0;
}
