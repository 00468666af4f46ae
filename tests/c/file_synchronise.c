/* needs: fs_tmpfs vfs */
/* fsync(2) and its kin on files, directories, pipes and nothing. */
#include "check.h"

int
main(void)
{
	int pair[2];

	boot_in_tmpfs();
	make_file("f", "data", 4);
	int file = OK(rump_sys_open("f", RUMP_O_RDWR));
	OK(rump_sys_fsync(file));
	OK(rump_sys_fdatasync(file));
	int directory = OK(rump_sys_open(".", RUMP_O_RDONLY));
	OK(rump_sys_fsync(directory));
	rump_sys_sync();
	OK(rump_sys_pipe2(pair, 0));
	FAILS(rump_sys_fsync(pair[0]), RUMP_EINVAL);
	FAILS(rump_sys_fsync(99), RUMP_EBADF);
	/* Data of a descriptor that cannot write is not its to make stable. */
	int reader = OK(rump_sys_open("f", RUMP_O_RDONLY));
	FAILS(rump_sys_fdatasync(reader), RUMP_EBADF);
	return 0;
}
