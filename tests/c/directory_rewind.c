/* needs: fs_tmpfs vfs */
/* After a seek to the start, or to an offset told before, the same entries come again. */
#include "directory_list.h"

int
main(void)
{
	char name[32], first[512], again[512];

	boot_in_tmpfs();
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof name, "f%d", i);
		make_empty(name);
	}
	int directory = OK(rump_sys_open(".", RUMP_O_RDONLY));
	int count = OK(rump_sys_getdents(directory, first, sizeof first));
	off_t middle = OK(rump_sys_lseek(directory, 0, SEEK_CUR));
	HOLDS(middle > 0);
	int next = OK(rump_sys_getdents(directory, first, sizeof first));
	OK(rump_sys_lseek(directory, middle, SEEK_SET));
	EQUAL(OK(rump_sys_getdents(directory, again, sizeof again)), next);
	SAME(again, first, next);
	OK(rump_sys_lseek(directory, 0, SEEK_SET));
	EQUAL(for_each_entry(directory, 512, NULL, NULL), 102);
	OK(rump_sys_lseek(directory, 0, SEEK_SET));
	make_empty("new");
	EQUAL(for_each_entry(directory, 512, NULL, NULL), 103);
	(void)count;
	return 0;
}
