/* needs: */
/* Names of core files: the kernel's default, and those of processes, which their children inherit. */
#include "check.h"
#include "sysctl.h"

static void
is(const char *node, const char *expected)
{
	char text[1024];

	EQUAL(value_of(node, text, sizeof text), strlen(expected) + 1);
	if (strcmp(text, expected) != 0)
		check_fail(__FILE__, __LINE__, "%s: expected %s, found %s", node, expected, text);
}

static int
set(int process, const char *name)
{
	return rump_sys___sysctl(NAME(N_CTL_PROC, process, 1), NULL, NULL, (void *)name, strlen(name) + 1);
}

int
main(void)
{
	static const char *const bad[] = { "", "core2", "score", "corecore", "/core/", "core.", "cor" };
	static const char *const good[] = { "core", "/core", ".core", "/tmp/%n.core", "/a/core" };
	char text[64];
	size_t size = sizeof text;

	boot();
	struct lwp *first = new_process();
	is("kern.defcorename", "rumpdump");
	is("proc.curproc.corename", "rumpdump");
	OK(rump_sys___sysctl(NAME(N_CTL_KERN, 45), NULL, NULL, "%n.core", 8));
	FAILS(rump_sys___sysctl(NAME(N_CTL_KERN, 45), NULL, NULL, "", 1), RUMP_EINVAL);
	is("proc.curproc.corename", "%n.core");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		FAILS(set(INT32_MAX, bad[i]), RUMP_EINVAL);
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		OK(set(INT32_MAX, good[i]));
		is("proc.curproc.corename", good[i]);
	}
	int pid = rump_sys_getpid();
	new_process_of(10, 10);
	is("proc.curproc.corename", "/a/core");
	OK(set(INT32_MAX, "own.core"));
	FAILS(set(pid, "core"), RUMP_EPERM);
	FAILS(set(29999, "core"), RUMP_ESRCH);
	FAILS(rump_sys___sysctl(NAME(N_CTL_PROC, pid, 1), text, &size, NULL, 0), RUMP_EPERM);
	rump_pub_lwproc_switch(first);
	is("proc.curproc.corename", "/a/core");
	EQUAL(int_of("kern.argmax"), 256 * 1024);
	return 0;
}
