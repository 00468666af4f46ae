/* needs: fs_tmpfs vfs */
/* Searching a directory needs its x bit, listing its r bit, each without the other. */
#include "check.h"

int
main(void)
{
	char buffer[1024], *entries = buffer;
	Status status;

	boot_in_tmpfs();
	OK(rump_sys_mkdir("search", 0));
	make_empty("search/f");
	OK(rump_sys_mkdir("list", 0));
	make_empty("list/f");
	OK(rump_sys_chmod("search", 0711));
	OK(rump_sys_chmod("list", 0744));
	new_process_of(10, 20);
	OK(rump_sys_stat("search/f", (struct stat *)&status));
	FAILS(rump_sys_open("search", RUMP_O_RDONLY), RUMP_EACCES);
	FAILS(rump_sys_stat("list/f", (struct stat *)&status), RUMP_EACCES);
	FAILS(rump_sys_stat("list/.", (struct stat *)&status), RUMP_EACCES);
	FAILS(rump_sys_stat("list/nothing", (struct stat *)&status), RUMP_EACCES);
	int list = OK(rump_sys_open("list", RUMP_O_RDONLY));
	HOLDS(OK(rump_sys_getdents(list, entries, sizeof buffer)) > 0);
	FAILS(rump_sys_chdir("list"), RUMP_EACCES);
	FAILS(rump_sys_fchdir(list), RUMP_EACCES);
	OK(rump_sys_chdir("search"));
	FAILS(rump_sys_openat(list, "f", RUMP_O_RDONLY), RUMP_EACCES);
	return 0;
}
