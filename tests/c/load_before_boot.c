/* needs: */
/* Components that are loaded before the boot start with it, in whatever order they were loaded. */
#include "check.h"
#include <dlfcn.h>

int
main(void)
{
	HOLDS(dlopen("librumpfs_tmpfs.so.0", RTLD_NOW | RTLD_GLOBAL) != NULL);
	HOLDS(dlopen("librumpvfs.so.0", RTLD_NOW | RTLD_GLOBAL) != NULL);
	boot();
	OK(rump_sys_mkdir("/t", 0777));
	OK(try_mount_tmpfs("/t", 0, 0, 0));
	return 0;
}
