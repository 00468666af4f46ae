/* needs: fs_tmpfs vfs */
/* MNT_GETARGS tells what a file system was mounted with. */
#include "check.h"

int
main(void)
{
	struct rump_netbsd_tmpfs_args arguments;

	boot();
	OK(rump_sys_mkdir("/m", 0777));
	OK(try_mount_tmpfs("/m", 100, 1 << 20, 0));
	OK(rump_sys_chown("/m", 3, 4));
	memset(&arguments, 0, sizeof arguments);
	HOLDS(rump_sys_mount("tmpfs", "/m", RUMP_MNT_GETARGS, &arguments, sizeof arguments) >= 0);
	EQUAL(arguments.ta_version, 1);
	EQUAL(arguments.ta_nodes_max, 100);
	EQUAL(arguments.ta_size_max, 1 << 20);
	EQUAL(arguments.ta_root_mode, 0777);
	EQUAL(arguments.ta_root_uid, 3);
	EQUAL(arguments.ta_root_gid, 4);
	return 0;
}
