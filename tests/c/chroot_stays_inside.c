/* needs: fs_tmpfs vfs */
/* Inside a changed root no path leads out: dot-dot, absolute links, getcwd. */
#include "check.h"

int
main(void)
{
	char buffer[64];

	boot_in_tmpfs();
	make_empty("/t/secret");
	OK(rump_sys_mkdir("/t/jail", 0777));
	OK(rump_sys_mkdir("/t/jail/d", 0777));
	OK(rump_sys_symlink("/secret", "/t/jail/absolute"));
	OK(rump_sys_symlink("../../secret", "/t/jail/d/relative"));
	make_empty("/t/jail/inside");
	struct lwp *outside = rump_pub_lwproc_curlwp();
	new_process();
	OK(rump_sys_chroot("/t/jail"));
	OK(rump_sys_chdir("/"));
	HOLDS(exists("/inside"));
	HOLDS(exists("/../inside"));
	HOLDS(exists("d/../../../inside"));
	HOLDS(!exists("/secret"));
	FAILS(rump_sys_access("absolute", 0), RUMP_ENOENT);
	FAILS(rump_sys_access("d/relative", 0), RUMP_ENOENT);
	EQUAL(status_of("/..").st_ino, status_of("/").st_ino);
	HOLDS(rump_sys___getcwd(buffer, sizeof buffer) >= 0);
	HOLDS(strcmp(buffer, "/") == 0);
	OK(rump_sys_chdir("d"));
	HOLDS(rump_sys___getcwd(buffer, sizeof buffer) >= 0);
	HOLDS(strcmp(buffer, "/d") == 0);
	/* Children stay inside as well; others are where they were. */
	new_process();
	HOLDS(!exists("/secret"));
	rump_pub_lwproc_switch(outside);
	HOLDS(exists("/t/secret"));
	/* Only the superuser may. */
	new_process_of(5, 5);
	FAILS(rump_sys_chroot("/t/jail"), RUMP_EPERM);
	return 0;
}
