/* needs: vfs */
/* An entry point whose faction is not there ends the process as a panic of the kernel does, with a sentence. */
#include <signal.h>
#include <sys/wait.h>

#include "check.h"

#include <rump/rump_faction.h>

int
main(void)
{
	int status, channel[2];
	char text[256] = "";
	pid_t child;

	EQUAL(pipe(channel), 0);
	HOLDS((child = fork()) != -1);
	if (child == 0) {
		struct rlimit none = { 0, 0 };

		setrlimit(RLIMIT_CORE, &none);
		dup2(channel[1], 1);
		dup2(channel[1], 2);
		/* The host's console may buffer, and the end is an abrupt one. */
		setvbuf(stdout, NULL, _IONBF, 0);
		boot();
		rump_schedule();
		rump_vfs_unavailable();
	}
	close(channel[1]);
	EQUAL(waitpid(child, &status, 0), child);
	HOLDS(WIFSIGNALED(status));
	EQUAL(WTERMSIG(status), SIGABRT);
	HOLDS(read(channel[0], text, sizeof text - 1) > 0);
	HOLDS(strstr(text, "panic") != NULL && strstr(text, "file systems") != NULL);
	return 0;
}
