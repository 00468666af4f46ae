/* A call to what is not there says so and ends the process, as a panic of the kernel does. */

#include "check.h"

#include <signal.h>
#include <sys/wait.h>

#include <rump/rump_core.h>

int
main(void)
{
	int ends[2], status;
	char said[4096];

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
	/* It comes in pieces; the end comes with the end of the process. */
	FILE *saying = fdopen(ends[0], "r");
	HOLDS(saying != NULL);
	said[fread(said, 1, sizeof said - 1, saying)] = '\0';
	fclose(saying);
	EQUAL(waitpid(child, &status, 0), child);
	HOLDS(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	HOLDS(strstr(said, "not there") != NULL);
	return 0;
}
