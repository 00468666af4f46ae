/* needs: fs_tmpfs vfs */
/* A file without a name lives on while it is open, with no link, and its room comes back afterwards. */
#include "check.h"

int
main(void)
{
	char buffer[8];
	static char block[1 << 20];
	struct rump_netbsd_statvfs before, during, after;

	boot();
	OK(rump_sys_mkdir("/t", 0777));
	OK(try_mount_tmpfs("/t", 0, 16 << 20, 0));
	OK(rump_sys_chdir("/t"));
	OK(rump_sys_statvfs1("/t", (struct statvfs *)&before, RUMP_MNT_WAIT));
	make_file("f", block, sizeof block);
	int file = OK(rump_sys_open("f", RUMP_O_RDWR));
	OK(rump_sys_unlink("f"));
	HOLDS(!exists("f"));
	EQUAL(descriptor_status(file).st_nlink, 0);
	EQUAL(OK(rump_sys_pwrite(file, "hello", 5, 100)), 5);
	EQUAL(OK(rump_sys_pread(file, buffer, 5, 100)), 5);
	SAME(buffer, "hello", 5);
	OK(rump_sys_fchmod(file, 0600));
	/* A new file of that name is another one. */
	make_file("f", "new", 3);
	HOLDS(status_of("f").st_ino != descriptor_status(file).st_ino);
	OK(rump_sys_unlink("f"));
	OK(rump_sys_statvfs1("/t", (struct statvfs *)&during, RUMP_MNT_WAIT));
	HOLDS(during.f_bfree < before.f_bfree);
	OK(rump_sys_close(file));
	OK(rump_sys_statvfs1("/t", (struct statvfs *)&after, RUMP_MNT_WAIT));
	EQUAL(after.f_bfree, before.f_bfree);
	EQUAL(after.f_ffree, before.f_ffree);
	return 0;
}
