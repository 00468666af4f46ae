/* needs: fs_tmpfs vfs */
/* With RUMP_MEMLIMIT, file data that does not fit is an error to its writer; room comes back with the file's removal. */
#include "check.h"

int
main(void)
{
	static char block[65536];

	setenv("RUMP_MEMLIMIT", "16m", 1);
	boot_in_tmpfs();
	for (int round = 0; round < 4; round++) {
		int file = OK(rump_sys_open("f", RUMP_O_CREAT | RUMP_O_RDWR, 0666));
		ssize_t count = 0;
		size_t written = 0;
		while (written < (64 << 20) && (count = rump_sys_write(file, block, sizeof block)) > 0)
			written += (size_t)count;
		EQUAL(count, -1);
		HOLDS(errno == RUMP_ENOMEM || errno == RUMP_ENOSPC);
		HOLDS(written > 1 << 20);
		OK(rump_sys_close(file));
		OK(rump_sys_unlink("f"));
	}
	make_file("g", block, sizeof block);
	return 0;
}
