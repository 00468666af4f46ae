/* needs: */
/* Libraries whose symbols nobody else sees find each other all the same. */
#include "check.h"
#include <dlfcn.h>
#include <sys/wait.h>

int
main(void)
{
	/* This program links the kernel, so another one does it. */
	static const char source[] =
	    "#include <dlfcn.h>\n"
	    "int main(void) {\n"
	    "	void *k = dlopen(\"librump.so.0\", RTLD_LAZY | RTLD_LOCAL);\n"
	    "	if (k == 0) return 1;\n"
	    "	if (dlopen(\"librumpfs_tmpfs.so.0\", RTLD_LAZY | RTLD_LOCAL) == 0) return 2;\n"
	    "	int (*init)(void) = (int (*)(void))dlsym(k, \"rump_init\");\n"
	    "	if (init == 0 || init() != 0) return 3;\n"
	    "	if (dlopen(\"librumpfs_ffs.so.0\", RTLD_LAZY | RTLD_LOCAL) == 0) return 4;\n"
	    "	int (*make)(const char *, unsigned) = (int (*)(const char *, unsigned))dlsym(k, \"rump___sysimpl_mkdir\");\n"
	    "	return make == 0 || make(\"/d\", 0777) != 0 ? 5 : 0;\n"
	    "}\n";
	FILE *file = fopen("local.c", "w");

	HOLDS(file != NULL);
	fputs(source, file);
	fclose(file);
	char command[1200];
	snprintf(command, sizeof command, "[ -x %1$s/local ] || cc local.c -o %1$s/local -ldl -pthread", kept_files());
	EQUAL(system(command), 0);
	snprintf(command, sizeof command, "%s/local", kept_files());
	int status = system(command);
	EQUAL(WIFEXITED(status) ? WEXITSTATUS(status) : 255, 0);
	return 0;
}
