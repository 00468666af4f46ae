/* needs: */
/* A number of CPUs that is none does not stop the boot with a crash. */
#include "check.h"
#include <sys/wait.h>

int
main(void)
{
	static const char *const counts[] = { "2", "64", "3" };

	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
		pid_t child = fork();
		HOLDS(child >= 0);
		if (child == 0) {
			setenv("RUMP_NCPU", counts[i], 1);
			boot();
			EQUAL(rump_sys_getpid(), 1);
			_exit(0);
		}
		int status;
		EQUAL(waitpid(child, &status, 0), child);
		EQUAL(status, 0);
	}
	return 0;
}
