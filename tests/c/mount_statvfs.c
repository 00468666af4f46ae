/* needs: fs_tmpfs vfs */
/* statvfs(2) and fstatvfs(2): names, sizes, identity. */
#include "check.h"

int
main(void)
{
	struct rump_netbsd_statvfs found, again;

	boot();
	OK(rump_sys_mkdir("/m", 0777));
	OK(try_mount_tmpfs("/m", 100, 1 << 20, RUMP_MNT_NOSUID));
	make_empty("/m/f");
	OK(rump_sys_statvfs1("/m/f", (struct statvfs *)&found, RUMP_MNT_WAIT));
	HOLDS(strcmp(found.f_fstypename, "tmpfs") == 0);
	HOLDS(strcmp(found.f_mntonname, "/m") == 0);
	HOLDS(strcmp(found.f_mntfromname, "tmpfs") == 0);
	EQUAL(found.f_namemax, 255);
	HOLDS(found.f_bsize > 0);
	HOLDS(found.f_frsize > 0);
	EQUAL(found.f_flag & RUMP_MNT_NOSUID, RUMP_MNT_NOSUID);
	EQUAL(found.f_blocks * found.f_frsize, 1 << 20);
	HOLDS(found.f_bfree <= found.f_blocks);
	HOLDS(found.f_bavail <= found.f_bfree);
	HOLDS(found.f_ffree < found.f_files);
	HOLDS(found.f_fsid != 0);
	int file = OK(rump_sys_open("/m/f", RUMP_O_RDONLY));
	OK(rump_sys_fstatvfs1(file, (struct statvfs *)&again, RUMP_MNT_WAIT));
	EQUAL(again.f_fsid, found.f_fsid);
	EQUAL(again.f_fsidx[0], found.f_fsidx[0]);
	HOLDS(strcmp(again.f_mntonname, "/m") == 0);
	OK(rump_sys_statvfs1("/", (struct statvfs *)&again, RUMP_MNT_NOWAIT));
	HOLDS(strcmp(again.f_mntonname, "/") == 0);
	HOLDS(again.f_fsid != found.f_fsid);
	HOLDS(strcmp(again.f_fstypename, "rumpfs") == 0);
	FAILS(rump_sys_statvfs1("/none", (struct statvfs *)&again, RUMP_MNT_WAIT), RUMP_ENOENT);
	return 0;
}
