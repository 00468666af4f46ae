/* needs: fs_tmpfs vfs */
/* fsync_range and posix_fadvise check what they are given; __posix_chown and its kin change owners as chown does. */
#include "check.h"

int
main(void)
{
	enum { FDATASYNC = 0x10, FFILESYNC = 0x20, FDISKSYNC = 0x40 };
	Status status;
	int pair[2];

	boot_in_tmpfs();
	make_file("f", "data", 4);
	int file = OK(rump_sys_open("f", RUMP_O_RDWR));
	int reader = OK(rump_sys_open("f", RUMP_O_RDONLY));
	OK(rump_sys_fsync_range(file, FFILESYNC, 0, 0));
	OK(rump_sys_fsync_range(file, FDATASYNC | FDISKSYNC, 1, 2));
	FAILS(rump_sys_fsync_range(file, 0, 0, 0), RUMP_EINVAL);
	FAILS(rump_sys_fsync_range(file, FDATASYNC | FFILESYNC, 0, 0), RUMP_EINVAL);
	FAILS(rump_sys_fsync_range(file, FDATASYNC, 5, INT64_MAX), RUMP_EINVAL);
	FAILS(rump_sys_fsync_range(reader, FFILESYNC, 0, 0), RUMP_EBADF);

	EQUAL(rump_sys_posix_fadvise(file, 0, 4, 2), 0);
	for (int advice = 0; advice <= 5; advice++) {
		EQUAL(rump_sys_posix_fadvise(file, 0, 0, advice), 0);
		EQUAL(rump_sys_posix_fadvise(reader, 1, INT64_MAX - 1, advice), 0);
	}
	EQUAL(rump_sys_posix_fadvise(file, 0, 4, 77), RUMP_EINVAL);
	EQUAL(rump_sys_posix_fadvise(file, 0, 4, -1), RUMP_EINVAL);
	EQUAL(rump_sys_posix_fadvise(file, 0, -1, 0), RUMP_EINVAL);
	EQUAL(rump_sys_posix_fadvise(file, 1, INT64_MAX, 0), RUMP_EINVAL);
	EQUAL(rump_sys_posix_fadvise(99, 0, -1, 0), RUMP_EINVAL);
	int directory = OK(rump_sys_open(".", RUMP_O_RDONLY));
	EQUAL(rump_sys_posix_fadvise(directory, 0, 0, 3), 0);
	EQUAL(rump_sys_posix_fadvise(OK(rump_sys_kqueue()), 0, 4, 0), RUMP_EOPNOTSUPP);
	EQUAL(rump_sys_posix_fadvise(99, 0, 4, 0), RUMP_EBADF);
	OK(rump_sys_pipe(pair));
	EQUAL(rump_sys_posix_fadvise(pair[0], 0, 4, 0), RUMP_ESPIPE);

	OK(rump_sys_symlink("f", "l"));
	OK(rump_sys___posix_chown("l", 10, 20));
	OK(rump_sys_stat("f", (struct stat *)&status));
	EQUAL(status.st_uid, 10);
	EQUAL(status.st_gid, 20);
	OK(rump_sys___posix_lchown("l", 11, 21));
	OK(rump_sys_lstat("l", (struct stat *)&status));
	EQUAL(status.st_uid, 11);
	OK(rump_sys___posix_fchown(file, 12, (gid_t)-1));
	OK(rump_sys_stat("f", (struct stat *)&status));
	EQUAL(status.st_uid, 12);
	EQUAL(status.st_gid, 20);
	return 0;
}
