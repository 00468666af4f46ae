/* needs: dev */
/* Without component vfs, what components in C ask it for is not done, and host files are not there. With it, later, it is. */
#include <dlfcn.h>

#include "check.h"

#include <rump/rump_faction.h>

static void
nothing(int host_files)
{
	EQUAL(rump_vfs_makeonedevnode(0020000, "/dev/x", 1, 1), 0);
	EQUAL(rump_vfs_makedevnodes(0020000, "/dev/x", 'a', 1, 1, 3), 0);
	EQUAL(rump_vfs_makesymlink("x", "/dev/y"), 0);
	rump_vfs_drainbufs(10);
	rump_vfs_fini();
	rump_proc_vfs_init(NULL);
	rump_proc_vfs_release(NULL);
	EQUAL(rump__etfs_register("/host", "/etc/passwd", RUMP_ETFS_REG, 0, UINT64_MAX), host_files);
	EQUAL(rump__etfs_remove("/host"), host_files);
}

int
main(void)
{
	nothing(RUMP_ENOSYS);
	boot();
	rump_schedule();
	nothing(RUMP_ENOSYS);
	rump_unschedule();
	FAILS(rump_sys_open("/dev/x", RUMP_O_RDONLY), RUMP_ENOSYS);
	HOLDS(dlopen("librumpvfs.so.0", RTLD_NOW | RTLD_LOCAL) != NULL);
	rump_schedule();
	EQUAL(rump_vfs_makeonedevnode(0020000, "/dev/x", 1, 1), 0);
	rump_unschedule();
	EQUAL(status_of("/dev/x").st_rdev, 1 << 8 | 1);
	return 0;
}
