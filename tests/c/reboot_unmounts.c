/* needs: fs_ffs vfs */
/* formats: ufs2le */
/* reboot makes everything stable, says that it halts, and ends the process with status 0; only the superuser may. */
#include "ffs.h"
#include <sys/wait.h>

int
main(int count, char **arguments)
{
	int status, channel[2];
	char line[256] = "";

	take_format(count, arguments);
	make_image("reboot.ffs", "4m", "");
	EQUAL(pipe(channel), 0);
	pid_t child = fork();
	if (child == 0) {
		dup2(channel[1], 1);
		dup2(channel[1], 2);
		boot_with_device("reboot.ffs");
		mount_image(0);
		make_file("/m/written", "data", 4);
		EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR), 0);
		OK(rump_sys_setuid(5));
		FAILS(rump_sys_reboot(0, NULL), RUMP_EPERM);
		rump_pub_lwproc_releaselwp();
		rump_sys_reboot(0, NULL);
		_exit(77);
	}
	close(channel[1]);
	EQUAL(waitpid(child, &status, 0), child);
	HOLDS(WIFEXITED(status));
	EQUAL(WEXITSTATUS(status), 0);
	HOLDS(read(channel[0], line, sizeof line - 1) > 0);
	HOLDS(strstr(line, "halt") != NULL);
	return 0;
}
