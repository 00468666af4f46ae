/* needs: fs_ffs vfs */
/* formats: ufs1le ufs1be ufs2le ufs2be */
/* Random reads, writes, truncations, reservations and holes in a few files say what an array in memory says, also after mounting again. */
#include "ffs.h"

#define FILES 6
#define MOST 700000

static unsigned char *model[FILES];
static size_t sizes[FILES];

static size_t
place(uint64_t *random)
{
	static const size_t near[] = { 0, 511, 1024, 4096, 8192, 65536, 98304, 106496, 400000 };

	return near[next_random(random) % 9] + (next_random(random) % 2 ? next_random(random) % 9000 : 0);
}

static void
grow(int number, size_t end)
{
	if (end > sizes[number])
		sizes[number] = end;
}

static void
step(int number, int file, uint64_t *random)
{
	static unsigned char buffer[200000];
	size_t at = place(random), length = 1 + next_random(random) % (next_random(random) % 8 ? 4000 : 150000);

	switch (next_random(random) % 10) {
	case 0: {
		OK(rump_sys_ftruncate(file, (off_t)at));
		if (at < sizes[number])
			memset(model[number] + at, 0, sizes[number] - at);
		sizes[number] = at;
		break;
	}
	case 1:
		EQUAL(rump_sys_posix_fallocate(file, (off_t)at, (off_t)length), 0);
		grow(number, at + length);
		break;
	case 2:
		OK(rump_sys_fdiscard(file, (off_t)at, (off_t)length));
		if (at < sizes[number])
			memset(model[number] + at, 0, at + length < sizes[number] ? length : sizes[number] - at);
		break;
	case 3:
		OK(rump_sys_fsync(file));
		break;
	case 4:
	case 5:
	case 6: {
		size_t expected = at >= sizes[number] ? 0 : sizes[number] - at < length ? sizes[number] - at : length;

		EQUAL(OK(rump_sys_pread(file, buffer, length, (off_t)at)), expected);
		SAME(buffer, model[number] + at, expected);
		break;
	}
	default:
		if (next_random(random) % 3 == 0)
			at = sizes[number] + length < MOST ? sizes[number] : 0;
		fill_pattern(buffer, length, *random);
		EQUAL(OK(rump_sys_pwrite(file, buffer, length, (off_t)at)), length);
		memcpy(model[number] + at, buffer, length);
		grow(number, at + length);
	}
	EQUAL(descriptor_status(file).st_size, sizes[number]);
}

int
main(int count, char **arguments)
{
	uint64_t random = 2026 + world_seed();
	int files[FILES];
	char path[32];

	boot_in_ffs(count, arguments, "16m", "bsize=8192,fsize=1024");
	for (int number = 0; number < FILES; number++)
		model[number] = calloc(1, MOST + 200000);
	for (int round = 0; round < rounds(8, 2); round++) {
		for (int number = 0; number < FILES; number++) {
			snprintf(path, sizeof path, "file-%d", number);
			files[number] = OK(rump_sys_open(path, RUMP_O_CREAT | RUMP_O_RDWR, 0666));
		}
		for (int steps = 0; steps < rounds(500, 60); steps++) {
			int number = (int)(next_random(&random) % FILES);

			step(number, files[number], &random);
		}
		for (int number = 0; number < FILES; number++)
			OK(rump_sys_close(files[number]));
		mount_again();
		for (int number = 0; number < FILES; number++) {
			unsigned char *found = malloc(sizes[number] + 1);

			snprintf(path, sizeof path, "file-%d", number);
			int file = OK(rump_sys_open(path, RUMP_O_RDONLY));
			EQUAL(OK(rump_sys_read(file, found, sizes[number] + 1)), sizes[number]);
			SAME(found, model[number], sizes[number]);
			OK(rump_sys_close(file));
			free(found);
		}
	}
	unmount_image();
	return 0;
}
