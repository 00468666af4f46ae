/* needs: vfs */
/* A component of another build is refused by the loader, which names what it misses. */
#include "check.h"
#include "copy_library.h"

int
main(void)
{
	boot();
	copy_library("librumpfs_tmpfs.so.0", "stale.so", "rump_abi_");
	HOLDS(dlopen("./stale.so", RTLD_LAZY | RTLD_GLOBAL) == NULL);
	const char *reason = dlerror();
	HOLDS(strstr(reason, "stale.so") != NULL && strstr(reason, "rump_abi_") != NULL);
	OK(rump_sys_mkdir("/t", 0777));
	FAILS(try_mount_tmpfs("/t", 0, 0, 0), RUMP_ENODEV);
	HOLDS(dlopen("librumpfs_tmpfs.so.0", RTLD_LAZY | RTLD_GLOBAL) != NULL);
	OK(try_mount_tmpfs("/t", 0, 0, 0));
	return 0;
}
