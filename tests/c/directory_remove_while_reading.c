/* needs: fs_tmpfs vfs */
/* Who removes each entry as it is read empties the directory. */
#include "directory_list.h"

static void
each(const struct rump_netbsd_dirent *entry, void *argument)
{
	(void)argument;
	if (entry->d_type == N_DT_REG)
		OK(rump_sys_unlink(entry->d_name));
}

int
main(void)
{
	char name[32];

	boot_in_tmpfs();
	OK(rump_sys_mkdir("d", 0777));
	OK(rump_sys_chdir("d"));
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof name, "file%d", i);
		make_empty(name);
	}
	int directory = OK(rump_sys_open(".", RUMP_O_RDONLY));
	EQUAL(for_each_entry(directory, 512, each, NULL), 1002);
	OK(rump_sys_chdir(".."));
	OK(rump_sys_rmdir("d"));
	EQUAL(for_each_entry(directory, 512, NULL, NULL), 0);
	return 0;
}
