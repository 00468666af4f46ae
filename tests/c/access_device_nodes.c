/* needs: fs_tmpfs vfs */
/* Device nodes are the superuser's to make. */
#include "check.h"

int
main(void)
{
	boot_in_tmpfs();
	OK(rump_sys_mknod("null", S_IFCHR | 0666, 2 << 8 | 2));
	EQUAL(status_of("null").st_rdev, 2 << 8 | 2);
	EQUAL(status_of("null").st_mode & S_IFMT, S_IFCHR);
	int file = OK(rump_sys_open("null", RUMP_O_RDWR));
	EQUAL(OK(rump_sys_write(file, "abc", 3)), 3);
	FAILS(rump_sys_mknod("null", S_IFCHR | 0666, 0), RUMP_EEXIST);
	FAILS(rump_sys_mknod("d", S_IFDIR | 0777, 0), RUMP_EINVAL);
	OK(rump_sys_mknod("nothing", S_IFCHR | 0666, 0x7700));
	FAILS(rump_sys_open("nothing", RUMP_O_RDWR), RUMP_ENXIO);
	new_process_of(10, 10);
	FAILS(rump_sys_mknod("n", S_IFCHR | 0666, 2 << 8 | 2), RUMP_EPERM);
	FAILS(rump_sys_mknod("n", S_IFBLK | 0666, 2 << 8 | 2), RUMP_EPERM);
	OK(rump_sys_mkfifo("p", 0666));
	return 0;
}
