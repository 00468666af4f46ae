/* needs: fs_tmpfs vfs */
/* truncate(2) and ftruncate(2): negative sizes, directories, descriptors that cannot write, devices. */
#include "check.h"

int
main(void)
{
	int pair[2];

	boot_in_tmpfs();
	make_file("f", "hello", 5);
	OK(rump_sys_mkdir("d", 0777));
	FAILS(rump_sys_truncate("f", -1), RUMP_EINVAL);
	FAILS(rump_sys_truncate("d", 0), RUMP_EISDIR);
	FAILS(rump_sys_truncate("none", 0), RUMP_ENOENT);
	int reader = OK(rump_sys_open("f", RUMP_O_RDONLY));
	FAILS(rump_sys_ftruncate(reader, 0), RUMP_EINVAL);
	int writer = OK(rump_sys_open("f", RUMP_O_WRONLY));
	FAILS(rump_sys_ftruncate(writer, -1), RUMP_EINVAL);
	FAILS(rump_sys_ftruncate(99, 0), RUMP_EBADF);
	OK(rump_sys_pipe2(pair, 0));
	FAILS(rump_sys_ftruncate(pair[1], 0), RUMP_EINVAL);
	int directory = OK(rump_sys_open("d", RUMP_O_RDONLY));
	HOLDS(rump_sys_ftruncate(directory, 0) == -1);
	EQUAL(status_of("f").st_size, 5);
	OK(rump_sys_ftruncate(writer, 2));
	EQUAL(status_of("f").st_size, 2);
	return 0;
}
