/* needs: fs_tmpfs vfs */
/* With a working directory outside of the new root, getcwd does not tell a path. */
#include "check.h"

int
main(void)
{
	char buffer[64];

	boot_in_tmpfs();
	OK(rump_sys_mkdir("jail", 0777));
	OK(rump_sys_mkdir("other", 0777));
	new_process();
	int outside = OK(rump_sys_open("/t", RUMP_O_RDONLY));
	OK(rump_sys_chdir("/t/jail"));
	OK(rump_sys_chroot("/t/jail"));
	/* A descriptor of a directory outside does not lead out. */
	HOLDS(rump_sys_fchdir(outside) == -1 || rump_sys___getcwd(buffer, sizeof buffer) == -1);
	FAILS(rump_sys_access("/other", 0), RUMP_ENOENT);
	return 0;
}
