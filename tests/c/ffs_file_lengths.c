/* needs: fs_ffs vfs */
/* formats: ufs1le ufs1be ufs2le ufs2be */
/* Files whose lengths lie at the limits of sectors, fragments, blocks, direct and indirect blocks are there after mounting again. */
#include "ffs.h"

static size_t lengths[200];
static int lengths_count;
static unsigned lengths_seen;

static void
around(size_t length)
{
	for (int step = -1; step <= 1; step++)
		if (length + (size_t)step < 24000000 && in_turn(lengths_seen++, 20))
			lengths[lengths_count++] = length + (size_t)step;
}

int
main(int count, char **arguments)
{
	char path[32];
	const size_t block = 4096, fragment = 512;

	take_format(count, arguments);
	const size_t pointers = block / (is_ufs2() ? 8 : 4);
	lengths[lengths_count++] = 0;
	for (size_t fragments = 1; fragments <= 9; fragments++)
		around(fragments * fragment);
	for (size_t blocks = 11; blocks <= 14; blocks++)
		around(blocks * block);
	around(12 * block + fragment);
	around((12 + pointers) * block);
	around((13 + pointers) * block);
	around((12 + 2 * pointers) * block);
	make_image("image.ffs", "64m", "bsize=4096,fsize=512,density=8192");
	boot_with_device("image.ffs");
	mount_image(0);
	for (int number = 0; number < lengths_count; number++) {
		snprintf(path, sizeof path, "file-%d", number);
		make_pattern_file(path, lengths[number], (uint64_t)number);
	}
	for (int round = 0; round < 2; round++) {
		for (int number = 0; number < lengths_count; number++) {
			snprintf(path, sizeof path, "file-%d", number);
			expect_pattern(path, lengths[number], (uint64_t)number);
		}
		mount_again();
	}
	/* Byte by byte over the limits, the rest kept. */
	for (int number = 0; number < lengths_count; number += 2) {
		snprintf(path, sizeof path, "file-%d", number);
		int file = OK(rump_sys_open(path, RUMP_O_WRONLY | RUMP_O_APPEND));
		unsigned char *longer = pattern(lengths[number] + 600, (uint64_t)number);
		EQUAL(OK(rump_sys_write(file, longer + lengths[number], 1)), 1);
		EQUAL(OK(rump_sys_write(file, longer + lengths[number] + 1, 599)), 599);
		OK(rump_sys_close(file));
		free(longer);
	}
	mount_again();
	for (int number = 0; number < lengths_count; number++) {
		snprintf(path, sizeof path, "file-%d", number);
		expect_pattern(path, lengths[number] + (number % 2 ? 0 : 600), (uint64_t)number);
		OK(rump_sys_unlink(path));
	}
	unmount_image();
	return 0;
}
