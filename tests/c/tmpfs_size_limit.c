/* needs: fs_tmpfs vfs */
/* A size limit is ENOSPC, and there is room again after a removal or a truncation. */
#include "check.h"

int
main(void)
{
	static char block[65536];
	struct rump_netbsd_statvfs found;

	boot();
	OK(rump_sys_mkdir("/m", 0777));
	OK(try_mount_tmpfs("/m", 0, 1 << 20, 0));
	for (int round = 0; round < 5; round++) {
		int file = OK(rump_sys_open("/m/f", RUMP_O_CREAT | RUMP_O_RDWR, 0666));
		size_t written = 0;
		ssize_t count;
		while ((count = rump_sys_write(file, block, sizeof block)) > 0)
			written += (size_t)count;
		EQUAL(count, -1);
		EQUAL(errno, RUMP_ENOSPC);
		HOLDS(written > (1 << 20) / 2 && written <= 1 << 20);
		EQUAL(status_of("/m/f").st_size, written);
		OK(rump_sys_statvfs1("/m", (struct statvfs *)&found, RUMP_MNT_WAIT));
		HOLDS(found.f_bfree * found.f_frsize < 65536 + 8192);
		/* What is there can be written again. */
		EQUAL(OK(rump_sys_pwrite(file, "x", 1, 0)), 1);
		OK(rump_sys_ftruncate(file, 4096));
		EQUAL(OK(rump_sys_pwrite(file, block, sizeof block, 8192)), sizeof block);
		OK(rump_sys_close(file));
		OK(rump_sys_unlink("/m/f"));
	}
	return 0;
}
