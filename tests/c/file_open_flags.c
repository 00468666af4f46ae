/* needs: fs_tmpfs vfs */
/* O_EXCL, O_TRUNC, no access mode; names that are always taken. */
#include "check.h"

int
main(void)
{
	boot_in_tmpfs();
	make_file("f", "data", 4);
	OK(rump_sys_mkdir("d", 0777));
	FAILS(rump_sys_open("f", RUMP_O_CREAT | RUMP_O_EXCL | RUMP_O_RDWR, 0666), RUMP_EEXIST);
	FAILS(rump_sys_open("d", RUMP_O_CREAT | RUMP_O_EXCL | RUMP_O_RDWR, 0666), RUMP_EEXIST);
	FAILS(rump_sys_open("d", RUMP_O_CREAT | RUMP_O_RDWR, 0666), RUMP_EISDIR);
	FAILS(rump_sys_open("f", 3), RUMP_EINVAL);
	OK(rump_sys_open("f", RUMP_O_CREAT | RUMP_O_RDWR, 0666));
	EQUAL(status_of("f").st_size, 4);
	OK(rump_sys_open("f", RUMP_O_RDWR | RUMP_O_TRUNC));
	EQUAL(status_of("f").st_size, 0);
	OK(rump_sys_open("n", RUMP_O_CREAT | RUMP_O_EXCL | RUMP_O_RDWR, 0666));
	FAILS(rump_sys_open("none", RUMP_O_RDWR | RUMP_O_TRUNC), RUMP_ENOENT);
	FAILS(rump_sys_open("none", RUMP_O_RDONLY | RUMP_O_EXCL), RUMP_ENOENT);
	FAILS(rump_sys_open("d/.", RUMP_O_CREAT | RUMP_O_RDWR, 0666), RUMP_EISDIR);
	FAILS(rump_sys_mkdir("d/.", 0777), RUMP_EEXIST);
	FAILS(rump_sys_mkdir("d/..", 0777), RUMP_EEXIST);
	FAILS(rump_sys_mkdir("/", 0777), RUMP_EEXIST);
	return 0;
}
