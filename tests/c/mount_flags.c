/* needs: fs_tmpfs vfs */
/* NODEV keeps devices from being opened, NOATIME the access time from moving. */
#include "check.h"

int
main(void)
{
	char byte;

	boot_in_tmpfs();
	OK(rump_sys_mknod("null", S_IFCHR | 0666, 2 << 8 | 2));
	make_file("f", "data", 4);
	OK(rump_sys_open("null", RUMP_O_RDWR));
	OK(try_mount_tmpfs("/t", 0, 0, RUMP_MNT_UPDATE | RUMP_MNT_NODEV | RUMP_MNT_NOATIME));
	FAILS(rump_sys_open("null", RUMP_O_RDWR), RUMP_ENXIO);
	OK(rump_sys_stat("null", (struct stat *)&(Status){ 0 }));
	Status before = status_of("f");
	int file = OK(rump_sys_open("f", RUMP_O_RDONLY));
	pause_milliseconds(20);
	EQUAL(OK(rump_sys_read(file, &byte, 1)), 1);
	Status after = status_of("f");
	EQUAL(after.st_atim.tv_sec, before.st_atim.tv_sec);
	EQUAL(after.st_atim.tv_nsec, before.st_atim.tv_nsec);
	return 0;
}
