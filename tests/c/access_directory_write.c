/* needs: fs_tmpfs vfs */
/* Making, removing and moving names needs w and x of the directory, and nothing of the file. */
#include "check.h"

int
main(void)
{
	boot_in_tmpfs();
	OK(rump_sys_mkdir("closed", 0755));
	make_empty("closed/f");
	OK(rump_sys_mkdir("closed/d", 0777));
	OK(rump_sys_mkdir("open", 0777));
	OK(rump_sys_chmod("open", 0777));
	make_empty("open/f");
	OK(rump_sys_chmod("open/f", 0));
	OK(rump_sys_mkdir("nosearch", 0));
	OK(rump_sys_chmod("nosearch", 0666));
	new_process_of(10, 10);
	FAILS(rump_sys_unlink("closed/f"), RUMP_EACCES);
	FAILS(rump_sys_rmdir("closed/d"), RUMP_EACCES);
	FAILS(rump_sys_mkdir("closed/n", 0777), RUMP_EACCES);
	FAILS(rump_sys_symlink("x", "closed/n"), RUMP_EACCES);
	FAILS(rump_sys_mkfifo("closed/n", 0777), RUMP_EACCES);
	FAILS(rump_sys_link("open/f", "closed/n"), RUMP_EACCES);
	FAILS(rump_sys_rename("closed/f", "open/n"), RUMP_EACCES);
	FAILS(rump_sys_rename("open/f", "closed/n"), RUMP_EACCES);
	FAILS(rump_sys_rename("closed/f", "closed/g"), RUMP_EACCES);
	FAILS(rump_sys_mkdir("closed/d", 0777), RUMP_EEXIST);
	FAILS(rump_sys_unlink("closed/none"), RUMP_ENOENT);
	FAILS(rump_sys_mkdir("nosearch/n", 0777), RUMP_EACCES);
	OK(rump_sys_rename("open/f", "open/g"));
	OK(rump_sys_unlink("open/g"));
	return 0;
}
