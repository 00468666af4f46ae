/* A call to what is not there says so and ends the process, as a panic of the kernel does. */

#include "check.h"

#include <signal.h>
#include <sys/wait.h>

#include <rump/rump_core.h>

int
main(void)
{
	int ends[2], status;
	char said[200];

	HOLDS(pipe(ends) == 0);
	pid_t child = fork();
	HOLDS(child != -1);
	if (child == 0) {
		struct rlimit none = { 0, 0 };
		setrlimit(RLIMIT_CORE, &none);
		dup2(ends[1], 1);
		dup2(ends[1], 2);
		setvbuf(stdout, NULL, _IONBF, 0);
		OK(rump_init());
		rump_kern_unavailable();
	}
	close(ends[1]);
	ssize_t length = read(ends[0], said, sizeof said - 1);
	HOLDS(length > 0);
	said[length] = '\0';
	EQUAL(waitpid(child, &status, 0), child);
	HOLDS(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	HOLDS(strstr(said, "not there") != NULL);
	return 0;
}
