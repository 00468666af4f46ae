/* needs: fs_tmpfs vfs */
/* Buffers that hold one entry do; those that hold none are EINVAL; the rest comes with the next call. */
#include "directory_list.h"

int
main(void)
{
	char name[256], buffer[1024];

	boot_in_tmpfs();
	memset(name, 'x', 255);
	name[255] = 0;
	make_empty(name);
	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof name, "file%d", i);
		make_empty(name);
	}
	int directory = OK(rump_sys_open(".", RUMP_O_RDONLY));
	EQUAL(for_each_entry(directory, 288, NULL, NULL), 23);
	OK(rump_sys_lseek(directory, 0, SEEK_SET));
	EQUAL(for_each_entry(directory, 511, NULL, NULL), 23);
	OK(rump_sys_lseek(directory, 0, SEEK_SET));
	EQUAL(rump_sys_getdents(directory, buffer, 8), -1);
	EQUAL(errno, RUMP_EINVAL);
	int file = OK(rump_sys_open("file1", RUMP_O_RDONLY));
	FAILS(rump_sys_getdents(file, buffer, sizeof buffer), RUMP_EINVAL);
	FAILS(rump_sys_getdents(99, buffer, sizeof buffer), RUMP_EBADF);
	FAILS(rump_sys_getdents(directory, NULL, sizeof buffer), RUMP_EFAULT);
	return 0;
}
