/* needs: fs_ffs vfs */
/* formats: ufs1le ufs1be ufs2le ufs2be */
/* posix_fallocate(2) reserves what a later write needs; fdiscard(2) gives blocks back and leaves zeroes. */
#include "ffs.h"

#define LENGTH 400000

int
main(int count, char **arguments)
{
	static unsigned char found[LENGTH + 1];

	boot_in_ffs(count, arguments, "8m", "");
	uint64_t free_before = space_of("/m").f_bfree;
	int file = OK(rump_sys_open("f", RUMP_O_CREAT | RUMP_O_RDWR, 0666));
	EQUAL(rump_sys_posix_fallocate(file, 0, 500000), 0);
	EQUAL(descriptor_status(file).st_size, 500000);
	HOLDS(descriptor_status(file).st_blocks * 512 >= 500000);
	EQUAL(OK(rump_sys_pread(file, found, LENGTH, 0)), LENGTH);
	ALL(found, 0, LENGTH);
	/* Full, and yet there is room in what was reserved. */
	int filler = OK(rump_sys_open("filler", RUMP_O_CREAT | RUMP_O_RDWR, 0666));
	while (rump_sys_write(filler, found, 8192) > 0)
		continue;
	EQUAL(errno, RUMP_ENOSPC);
	unsigned char *bytes = pattern(500000, 3);
	EQUAL(OK(rump_sys_pwrite(file, bytes, 500000, 0)), 500000);
	OK(rump_sys_ftruncate(filler, 0));
	/* Whole blocks and parts. */
	static const off_t ranges[][2] = { { 8192, 8192 }, { 100, 50 }, { 30000, 40000 }, { 120000, 1 }, { 163840, 90000 },
	    { 499000, 5000 } };
	int64_t blocks = descriptor_status(file).st_blocks;
	for (size_t index = 0; index < sizeof ranges / sizeof *ranges; index++) {
		OK(rump_sys_fdiscard(file, ranges[index][0], ranges[index][1]));
		for (off_t at = ranges[index][0]; at < ranges[index][0] + ranges[index][1] && at < 500000; at++)
			bytes[at] = 0;
	}
	EQUAL(descriptor_status(file).st_size, 500000);
	HOLDS(descriptor_status(file).st_blocks <= blocks - (1 + 3 + 10) * 16);
	EQUAL(OK(rump_sys_pread(file, found, LENGTH, 0)), LENGTH);
	SAME(found, bytes, LENGTH);
	OK(rump_sys_close(filler));
	OK(rump_sys_close(file));
	mount_again();
	file = OK(rump_sys_open("f", RUMP_O_RDWR));
	EQUAL(OK(rump_sys_pread(file, found, LENGTH, 0)), LENGTH);
	SAME(found, bytes, LENGTH);
	EQUAL(OK(rump_sys_pread(file, found, LENGTH, LENGTH)), 100000);
	SAME(found, bytes + LENGTH, 100000);
	/* Refused: nonsense, and what is no file. */
	FAILS(rump_sys_fdiscard(file, -1, 100), RUMP_EINVAL);
	FAILS(rump_sys_fdiscard(file, 0, -100), RUMP_EINVAL);
	EQUAL(rump_sys_posix_fallocate(file, -1, 100), RUMP_EINVAL);
	EQUAL(rump_sys_posix_fallocate(file, 0, 0), RUMP_EINVAL);
	EQUAL(rump_sys_posix_fallocate(file, 0, INT64_MAX), RUMP_EFBIG);
	OK(rump_sys_close(file));
	file = OK(rump_sys_open("f", RUMP_O_RDONLY));
	EQUAL(rump_sys_posix_fallocate(file, 0, 10), RUMP_EBADF);
	FAILS(rump_sys_fdiscard(file, 0, 10), RUMP_EBADF);
	OK(rump_sys_close(file));
	OK(rump_sys_unlink("f"));
	OK(rump_sys_unlink("filler"));
	EQUAL(space_of("/m").f_bfree, free_before);
	free(bytes);
	unmount_image();
	return 0;
}
