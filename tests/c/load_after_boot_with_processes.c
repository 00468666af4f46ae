/* needs: */
/* Processes from before component vfs was loaded have a root and a working directory afterwards. */
#include "check.h"
#include <dlfcn.h>

int
main(void)
{
	char buffer[16];

	boot();
	struct lwp *first = new_process();
	HOLDS(dlopen("librumpvfs.so.0", RTLD_NOW | RTLD_GLOBAL) != NULL);
	OK(rump_sys_mkdir("d", 0777));
	OK(rump_sys_chdir("d"));
	HOLDS(rump_sys___getcwd(buffer, sizeof buffer) >= 0);
	HOLDS(strcmp(buffer, "/d") == 0);
	new_process();
	make_empty("f");
	HOLDS(exists("/d/f"));
	rump_pub_lwproc_switch(first);
	HOLDS(exists("f"));
	return 0;
}
