/* needs: fs_tmpfs vfs */
/* An open file, a working directory or a mount above keep a file system busy; none does afterwards. */
#include "check.h"

int
main(void)
{
	boot();
	OK(rump_sys_mkdir("/m", 0777));
	OK(try_mount_tmpfs("/m", 0, 0, 0));
	int file = OK(rump_sys_open("/m/f", RUMP_O_CREAT | RUMP_O_RDWR, 0666));
	FAILS(rump_sys_unmount("/m", 0), RUMP_EBUSY);
	OK(rump_sys_close(file));
	OK(rump_sys_mkdir("/m/d", 0777));
	OK(rump_sys_chdir("/m/d"));
	FAILS(rump_sys_unmount("/m", 0), RUMP_EBUSY);
	OK(rump_sys_chdir("/"));
	OK(try_mount_tmpfs("/m/d", 0, 0, 0));
	FAILS(rump_sys_unmount("/m", 0), RUMP_EBUSY);
	FAILS(rump_sys_unmount("/m", RUMP_MNT_FORCE), RUMP_EBUSY);
	OK(rump_sys_unmount("/m/d", 0));
	/* The working directory of another process. */
	struct lwp *first = new_process();
	struct lwp *second = new_process();
	OK(rump_sys_chdir("/m"));
	rump_pub_lwproc_switch(first);
	FAILS(rump_sys_unmount("/m", 0), RUMP_EBUSY);
	rump_pub_lwproc_switch(second);
	rump_pub_lwproc_releaselwp();
	rump_pub_lwproc_switch(first);
	OK(rump_sys_unmount("/m", 0));
	return 0;
}
