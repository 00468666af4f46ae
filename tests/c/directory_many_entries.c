/* needs: fs_tmpfs vfs */
/* 10,000 entries are made, found, listed and removed. */
#include "directory_list.h"

#define ENTRIES rounds(10000, 500)

int
main(void)
{
	char name[32];

	boot_in_tmpfs();
	OK(rump_sys_mkdir("d", 0777));
	OK(rump_sys_chdir("d"));
	for (int i = 0; i < ENTRIES; i++) {
		snprintf(name, sizeof name, "entry%d", i);
		make_empty(name);
	}
	int directory = OK(rump_sys_open(".", RUMP_O_RDONLY));
	EQUAL(for_each_entry(directory, 8192, NULL, NULL), ENTRIES + 2);
	for (int i = 0; i < ENTRIES; i += 2) {
		snprintf(name, sizeof name, "entry%d", i);
		OK(rump_sys_unlink(name));
	}
	for (int i = 0; i < ENTRIES; i++) {
		snprintf(name, sizeof name, "entry%d", i);
		EQUAL(exists(name), i % 2);
	}
	OK(rump_sys_lseek(directory, 0, SEEK_SET));
	EQUAL(for_each_entry(directory, 8192, NULL, NULL), ENTRIES / 2 + 2);
	return 0;
}
