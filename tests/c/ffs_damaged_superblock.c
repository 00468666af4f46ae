/* needs: fs_ffs vfs */
/* formats: ufs1le ufs1be ufs2le ufs2be */
/* Fields of the superblock and of a group set to anything: an errno or a mount that works, never a crash or an endless loop. */
#include "ffs_damage.h"

int
main(int count, char **arguments)
{
	static const uint32_t values[] = { 0, 1, 2, 7, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffff8, 4096, 65536 };
	uint64_t random = 20 + world_seed();
	int mounted = 0, refused = 0;

	take_format(count, arguments);
	make_sample("damaged");
	boot_for_damage();
	struct raw_image raw = open_raw("damaged");
	off_t group = group_place(&raw, 0, 12);
	for (int round = 0; round < 400; round++) {
		if (!in_turn((unsigned)round, 100))
			continue;
		bool in_group = round % 4 == 3;
		off_t at = in_group ? group + (off_t)(next_random(&random) % 42 * 4) :
		    raw.superblock + (off_t)(next_random(&random) % 344 * 4);
		/* First the fields that matter most, each with every value. */
		if (!in_group && round < 200)
			at = raw.superblock + (off_t)(round / 4 * 4) + 8;
		uint32_t value = round % 3 == 0 ? (uint32_t)next_random(&random) :
		    values[next_random(&random) % (sizeof values / sizeof *values)];
		put_raw_number(&raw, at, 4, value);
		if (use_image("damaged", round % 3 == 0 ? RUMP_MNT_RDONLY : 0))
			mounted++;
		else
			refused++;
		restore("damaged");
	}
	HOLDS(is_simulated() || (mounted > 20 && refused > 20));
	return 0;
}
