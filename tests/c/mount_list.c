/* needs: fs_tmpfs vfs */
/* getvfsstat(2) counts and tells all mounts, as many as fit. */
#include "check.h"

int
main(void)
{
	static struct rump_netbsd_statvfs found[4];
	struct statvfs *room = (struct statvfs *)found;

	boot();
	EQUAL(OK(rump_sys_getvfsstat(NULL, 0, RUMP_MNT_NOWAIT)), 1);
	OK(rump_sys_mkdir("/a", 0777));
	OK(rump_sys_mkdir("/b", 0777));
	OK(try_mount_tmpfs("/a", 0, 0, 0));
	OK(try_mount_tmpfs("/b", 0, 0, 0));
	EQUAL(OK(rump_sys_getvfsstat(NULL, 0, RUMP_MNT_NOWAIT)), 3);
	EQUAL(OK(rump_sys_getvfsstat(room, sizeof found, RUMP_MNT_WAIT)), 3);
	HOLDS(strcmp(found[0].f_mntonname, "/") == 0);
	HOLDS(strcmp(found[1].f_mntonname, "/a") == 0);
	HOLDS(strcmp(found[2].f_mntonname, "/b") == 0);
	memset(found, 0x5a, sizeof found);
	OK(rump_sys_getvfsstat(room, 2 * sizeof found[0], RUMP_MNT_WAIT));
	HOLDS(strcmp(found[1].f_mntonname, "/a") == 0);
	ALL(&found[2], 0x5a, sizeof found[2]);
	OK(rump_sys_unmount("/a", 0));
	EQUAL(OK(rump_sys_getvfsstat(NULL, 0, RUMP_MNT_NOWAIT)), 2);
	return 0;
}
