/* needs: fs_tmpfs vfs */
/* Directories and umask of a process: released, it is at the root and holds nothing else; what is no process has no effect. */
#include "check.h"

#include <rump/rump_faction.h>

int
main(void)
{
	char path[64];
	int elsewhere;

	boot();
	OK(rump_sys_mkdir("/m", 0777));
	OK(try_mount_tmpfs("/m", 0, 0, 0));
	OK(rump_sys_mkdir("/m/jail", 0777));
	new_process();
	OK(rump_sys_chdir("/m/jail"));
	OK(rump_sys_chroot("/m/jail"));
	OK(rump_sys_umask(077));
	make_empty("here");
	FAILS(rump_sys_stat("/m", (struct stat *)&(struct rump_netbsd_stat){ 0 }), RUMP_ENOENT);
	rump_schedule();
	/* The calling process gets what it has. */
	rump_proc_vfs_init(NULL);
	rump_proc_vfs_init((struct proc *)&elsewhere);
	rump_proc_vfs_release((struct proc *)&elsewhere);
	rump_unschedule();
	HOLDS(exists("/here"));
	EQUAL(OK(rump_sys_umask(077)), 077);
	FAILS(rump_sys_unmount("/m", 0), RUMP_ENOENT);

	rump_schedule();
	rump_proc_vfs_release(NULL);
	rump_unschedule();
	HOLDS(!exists("/here") && exists("/m/jail/here"));
	EQUAL(OK(rump_sys_umask(022)), 022);
	HOLDS(rump_sys___getcwd(path, sizeof path) > 0);
	SAME(path, "/", 2);
	/* Nothing keeps the mount from going. */
	OK(rump_sys_unmount("/m", 0));
	rump_schedule();
	rump_proc_vfs_init(NULL);
	rump_proc_vfs_release(NULL);
	rump_proc_vfs_release(NULL);
	rump_unschedule();
	HOLDS(exists("/m"));
	return 0;
}
