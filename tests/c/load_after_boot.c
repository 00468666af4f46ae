/* needs: */
/* Components that are loaded after the boot start at once. */
#include "check.h"
#include <dlfcn.h>

int
main(void)
{
	boot();
	FAILS(rump_sys_mkdir("/t", 0777), RUMP_ENOSYS);
	HOLDS(dlopen("librumpvfs.so.0", RTLD_NOW | RTLD_GLOBAL) != NULL);
	HOLDS(dlopen("librumpfs_tmpfs.so.0", RTLD_NOW | RTLD_GLOBAL) != NULL);
	OK(rump_sys_mkdir("/t", 0777));
	OK(try_mount_tmpfs("/t", 0, 0, 0));
	make_file("/t/f", "data", 4);
	EQUAL(status_of("/t/f").st_size, 4);
	return 0;
}
