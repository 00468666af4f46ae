/* needs: fs_tmpfs vfs */
/* getfh(2) and fhopen(2): the file by its handle, until it is gone; for the superuser. */
#include "check.h"

int
main(void)
{
	char handle[128], buffer[8];
	size_t size = 0, small = 1;
	Status status;
	struct rump_netbsd_statvfs mounted;

	boot_in_tmpfs();
	make_file("f", "hello", 5);
	EQUAL(rump_sys_getfh("f", NULL, &size), -1);
	EQUAL(errno, RUMP_E2BIG);
	HOLDS(size > 0 && size <= sizeof handle);
	FAILS(rump_sys_getfh("f", handle, &small), RUMP_E2BIG);
	size_t length = size;
	OK(rump_sys_getfh("f", handle, &length));
	EQUAL(length, size);
	int file = OK(rump_sys_fhopen(handle, size, RUMP_O_RDWR));
	EQUAL(OK(rump_sys_read(file, buffer, sizeof buffer)), 5);
	SAME(buffer, "hello", 5);
	OK(rump_sys_fhstat(handle, size, (struct stat *)&status));
	EQUAL(status.st_ino, status_of("f").st_ino);
	OK(rump_sys_fhstatvfs1(handle, size, (struct statvfs *)&mounted, RUMP_MNT_WAIT));
	HOLDS(strcmp(mounted.f_mntonname, "/t") == 0);
	FAILS(rump_sys_fhopen(handle, size, RUMP_O_RDWR | RUMP_O_CREAT), RUMP_EINVAL);
	OK(rump_sys_rename("f", "g"));
	OK(rump_sys_close(OK(rump_sys_fhopen(handle, size, RUMP_O_RDONLY))));
	OK(rump_sys_close(file));
	OK(rump_sys_unlink("g"));
	make_empty("new");
	FAILS(rump_sys_fhopen(handle, size, RUMP_O_RDONLY), RUMP_ESTALE);
	memset(handle, 0x77, sizeof handle);
	EQUAL(rump_sys_fhopen(handle, size, RUMP_O_RDONLY), -1);
	EQUAL(rump_sys_fhopen(handle, 3, RUMP_O_RDONLY), -1);
	EQUAL(rump_sys_fhopen(handle, (size_t)-1, RUMP_O_RDONLY), -1);
	new_process_of(10, 10);
	FAILS(rump_sys_getfh("new", handle, &size), RUMP_EPERM);
	return 0;
}
