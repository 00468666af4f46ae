/* needs: fs_tmpfs vfs */
/* In a sticky directory only the owners of file and directory, and the superuser, remove and rename. */
#include "check.h"

int
main(void)
{
	boot_in_tmpfs();
	struct lwp *superuser = new_process();
	rump_sys_umask(0);
	OK(rump_sys_mkdir("s", 0777));
	OK(rump_sys_chmod("s", 01777));
	OK(rump_sys_chown("s", 30, 30));
	static const char *const names[] = { "s/a", "s/b", "s/c", "s/target" };
	for (size_t i = 0; i < 4; i++) {
		make_empty(names[i]);
		OK(rump_sys_chown(names[i], 10, 10));
	}
	OK(rump_sys_mkdir("s/dir", 0777));
	OK(rump_sys_chown("s/dir", 10, 10));
	struct lwp *stranger = new_process_of(20, 20);
	make_empty("s/own");
	FAILS(rump_sys_unlink("s/a"), RUMP_EPERM);
	FAILS(rump_sys_rmdir("s/dir"), RUMP_EPERM);
	FAILS(rump_sys_rename("s/a", "s/z"), RUMP_EPERM);
	FAILS(rump_sys_rename("s/a", "z"), RUMP_EPERM);
	FAILS(rump_sys_rename("s/own", "s/target"), RUMP_EPERM);
	OK(rump_sys_rename("s/own", "s/own2"));
	OK(rump_sys_unlink("s/own2"));
	rump_pub_lwproc_switch(superuser);
	new_process_of(10, 10);
	OK(rump_sys_unlink("s/a"));
	OK(rump_sys_rmdir("s/dir"));
	rump_pub_lwproc_switch(superuser);
	new_process_of(30, 30);
	OK(rump_sys_unlink("s/b"));
	rump_pub_lwproc_switch(superuser);
	OK(rump_sys_unlink("s/c"));
	rump_pub_lwproc_switch(stranger);
	FAILS(rump_sys_unlink("s/target"), RUMP_EPERM);
	return 0;
}
