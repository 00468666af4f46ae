/* needs: fs_ffs vfs */
/* formats: ufs1le ufs2be */
/*
 * Logs that contradict themselves are EFTYPE and change nothing, unless the mount is forced. Any byte of one may be wrong: then
 * the file system is mounted or it is not, and what is done to it gives an errno at worst.
 */
#include "ffs_damage.h"
#include "ffs_journal.h"

static unsigned char *image, *logged;

/* Mounts the log with a number changed in both headers, at that place in them. */
static void
expect_refusal(size_t place, uint64_t value, size_t length)
{
	unsigned char *found;

	memcpy(image, logged, IMAGE_SIZE + LOG_SIZE);
	for (size_t index = 0; index < 2; index++)
		put(image + IMAGE_SIZE + index * UNIT + place, value, length, false);
	store("logged", image, IMAGE_SIZE + LOG_SIZE);
	FAILS(try_mount("/dev/logged", "/m", 0), RUMP_EFTYPE);
	FAILS(try_mount("/dev/logged", "/m", RUMP_MNT_RDONLY), RUMP_EFTYPE);
	found = load("logged", IMAGE_SIZE);
	SAME(found, image, IMAGE_SIZE);
	free(found);
	/* As if there were no log. */
	OK(try_mount("/dev/logged", "/m", RUMP_MNT_RDONLY | RUMP_MNT_FORCE));
	HOLDS(exists("/m/old0"));
	OK(rump_sys_unmount("/m", 0));
}

static void
refusals(void)
{
	expect_refusal(0, 0x12345678, 4);
	expect_refusal(40, 8, 4);
	expect_refusal(40, 40, 4);
	expect_refusal(44, 17, 4);
	expect_refusal(48, LOG_SIZE + UNIT, 8);
	expect_refusal(56, UNIT, 8);
	expect_refusal(56, 2 * UNIT + 1, 8);
	expect_refusal(64, 1, 8);
	expect_refusal(64, ~0ULL, 8);
	expect_refusal(72, 0, 8);
	expect_refusal(72, LOG_SIZE, 8);
	expect_refusal(72, ~0ULL - 511, 8);
}

int
main(int count, char **arguments)
{
	unsigned char *before, *after;
	uint64_t random = 20260000 + world_seed();

	take_format(count, arguments);
	uint32_t unlinked = make_states(&before, &after);
	make_logged_image("logged", before, after, false, &unlinked, 1);
	image = malloc(IMAGE_SIZE + LOG_SIZE);
	logged = calloc(1, IMAGE_SIZE + LOG_SIZE);
	FILE *file = fopen("logged", "rb");
	HOLDS(fread(logged, 1, IMAGE_SIZE + LOG_SIZE, file) == IMAGE_SIZE + LOG_SIZE);
	fclose(file);
	attach("/dev/logged", "logged");
	if (in_turn(0, 10))
		refusals();
	for (int round = 0; round < rounds(60, 3); round++) {
		memcpy(image, logged, IMAGE_SIZE + LOG_SIZE);
		for (int changes = 0; changes < 1 + round % 7; changes++) {
			/* The headers, the first records, or what the superblock says of the log. */
			unsigned char *places[] = { image + IMAGE_SIZE + 8, image + IMAGE_SIZE + LOG_START,
			    superblock_of(image) + AT_JOURNALLOCS };
			size_t lengths[] = { UNIT + 80, 2 * UNIT, 32 };
			uint64_t which = next_random(&random) % 3;

			places[which][next_random(&random) % lengths[which]] = (unsigned char)(next_random(&random) >> 32);
		}
		store("logged", image, IMAGE_SIZE + LOG_SIZE);
		if (any(try_mount("/dev/logged", "/m", round % 2 == 0 ? 0 : RUMP_MNT_RDONLY)) == -1)
			continue;
		use_budget = 200;
		look_around("/m", 0);
		if (round % 2 == 0)
			change_things("/m");
		if (any(rump_sys_unmount("/m", 0)) == -1)
			OK(rump_sys_unmount("/m", RUMP_MNT_FORCE));
	}
	return 0;
}
