/* needs: fs_ffs vfs */
/* formats: ufs1be ufs2le */
/* The reserve is the superuser's: others get ENOSPC while it is untouched. */
#include "ffs.h"

static void
fill(const char *path)
{
	static char block[8192];
	int file = OK(rump_sys_open(path, RUMP_O_CREAT | RUMP_O_RDWR, 0666));

	while (rump_sys_write(file, block, sizeof block) > 0)
		continue;
	EQUAL(errno, RUMP_ENOSPC);
	while (rump_sys_write(file, block, 1024) > 0)
		continue;
	EQUAL(errno, RUMP_ENOSPC);
	OK(rump_sys_close(file));
}

int
main(int count, char **arguments)
{
	boot_in_ffs(count, arguments, "8m", "minfree=10");
	OK(rump_sys_chmod(".", 0777));
	struct rump_netbsd_statvfs space = space_of("/m");
	HOLDS(space.f_bresvd > 500);
	struct lwp *first = rump_pub_lwproc_curlwp();
	struct lwp *user = new_process_of(100, 100);
	fill("theirs");
	space = space_of("/m");
	EQUAL(space.f_bavail, 0);
	/* The last block may have been taken out of the reserve. */
	HOLDS(space.f_bfree <= space.f_bresvd && space.f_bfree > space.f_bresvd - 8);
	rump_pub_lwproc_switch(first);
	fill("ours");
	space = space_of("/m");
	EQUAL(space.f_bavail, 0);
	HOLDS(space.f_bfree < 16);
	OK(rump_sys_unlink("ours"));
	OK(rump_sys_unlink("theirs"));
	rump_pub_lwproc_switch(user);
	rump_pub_lwproc_releaselwp();
	rump_pub_lwproc_switch(first);
	unmount_image();
	return 0;
}
