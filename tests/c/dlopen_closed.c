/* needs: vfs */
/* A component that the program lets go stays: the kernel uses it. */
#include "check.h"
#include <dlfcn.h>

int
main(void)
{
	void *library = dlopen("librumpfs_tmpfs.so.0", RTLD_NOW);

	HOLDS(library != NULL);
	EQUAL(dlclose(library), 0);
	boot_in_tmpfs();
	make_file("f", "data", 4);
	library = dlopen("librumpfs_ffs.so.0", RTLD_NOW);
	HOLDS(library != NULL);
	EQUAL(dlclose(library), 0);
	FAILS(rump_sys_mount("no such type", "/", 0, NULL, 0), RUMP_ENODEV);
	FAILS(rump_sys_mount("ffs", "/", 0, NULL, 0), RUMP_EINVAL);
	OK(rump_sys_unlink("f"));
	return 0;
}
