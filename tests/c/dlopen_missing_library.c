/* needs: */
/* Where a library that a component needs is not installed, the loader names it, and the kernel goes on without the component. */
#include "check.h"
#include "copy_library.h"
#include <sys/wait.h>

int
main(void)
{
	static const char source[] =
	    "#include <dlfcn.h>\n"
	    "#include <string.h>\n"
	    "int rump_init(void);\n"
	    "int rump___sysimpl_getpid(void);\n"
	    "int main(void) {\n"
	    "	if (rump_init() != 0) return 1;\n"
	    "	if (dlopen(\"librumpfs_tmpfs.so.0\", RTLD_LAZY) != 0) return 2;\n"
	    "	if (strstr(dlerror(), \"librumpvfs.so.0\") == 0) return 3;\n"
	    "	return rump___sysimpl_getpid() == 1 ? 0 : 4;\n"
	    "}\n";
	FILE *file = fopen("alone.c", "w");

	HOLDS(file != NULL);
	fputs(source, file);
	fclose(file);
	copy_library("librump.so.0", "librump.so.0", NULL);
	copy_library("librumpuser.so.0", "librumpuser.so.0", NULL);
	copy_library("librumpfs_tmpfs.so.0", "librumpfs_tmpfs.so.0", NULL);
	char command[1200];
	snprintf(command, sizeof command, "[ -x %1$s/alone ] || cc alone.c -o %1$s/alone ./librump.so.0 ./librumpuser.so.0 -ldl "
	    "-pthread", kept_files());
	EQUAL(system(command), 0);
	snprintf(command, sizeof command, "LD_LIBRARY_PATH=. %s/alone", kept_files());
	int status = system(command);
	EQUAL(WIFEXITED(status) ? WEXITSTATUS(status) : 255, 0);
	return 0;
}
