/* needs: fs_tmpfs vfs */
/* mount(2): unknown types, places that are none, arguments that are none, users who may not. */
#include "check.h"

int
main(void)
{
	struct rump_netbsd_tmpfs_args arguments = { .ta_version = 1, .ta_root_mode = 0777 };

	boot();
	OK(rump_sys_mkdir("/m", 0777));
	make_empty("/f");
	FAILS(rump_sys_mount("nosuchfs", "/m", 0, &arguments, sizeof arguments), RUMP_ENODEV);
	FAILS(rump_sys_mount("tmpfs", "/none", 0, &arguments, sizeof arguments), RUMP_ENOENT);
	FAILS(rump_sys_mount("tmpfs", "/f", 0, &arguments, sizeof arguments), RUMP_ENOTDIR);
	FAILS(rump_sys_mount("tmpfs", "/m", 0, NULL, sizeof arguments), RUMP_EFAULT);
	FAILS(rump_sys_mount(NULL, "/m", 0, &arguments, sizeof arguments), RUMP_EFAULT);
	FAILS(rump_sys_mount("tmpfs", "/m", 0, &arguments, 8), RUMP_EINVAL);
	arguments.ta_version = 2;
	FAILS(rump_sys_mount("tmpfs", "/m", 0, &arguments, sizeof arguments), RUMP_EINVAL);
	FAILS(try_mount_tmpfs("/m", 0, 0, RUMP_MNT_UPDATE), RUMP_EINVAL);
	new_process_of(10, 10);
	FAILS(try_mount_tmpfs("/m", 0, 0, 0), RUMP_EPERM);
	FAILS(rump_sys_unmount("/", 0), RUMP_EPERM);
	return 0;
}
