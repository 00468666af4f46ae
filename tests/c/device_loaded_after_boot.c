/* needs: vfs */
/* Disk drivers that are loaded after the kernel has started bring what they need with them, and work. */
#include <dlfcn.h>

#include "disk.h"

int
main(void)
{
	char bytes[SECTOR] = "late", found[SECTOR];

	boot();
	EQUAL(rump_sys_open("/dev/rmd0d", RUMP_O_RDWR), -1);
	EQUAL(errno, RUMP_ENOENT);
	HOLDS(dlopen("librumpdev_md.so.0", RTLD_NOW | RTLD_GLOBAL) != NULL);
	configure_memory("/dev/rmd0d", 65536);
	int disk = open_disk("/dev/md0a");
	EQUAL(OK(rump_sys_pwrite(disk, bytes, SECTOR, 0)), SECTOR);
	EQUAL(OK(rump_sys_pread(disk, found, SECTOR, 0)), SECTOR);
	SAME(found, bytes, SECTOR);
	HOLDS(dlopen("librumpdev_cgd.so.0", RTLD_NOW | RTLD_GLOBAL) != NULL);
	OK(rump_sys_close(open_disk("/dev/rcgd0d")));
	return 0;
}
