/* needs: fs_ffs vfs */
/* formats: ufs1le ufs1be ufs2le ufs2be */
/* Images that end too early: refused for writing, readable as far as they go, errors beyond. */
#include "ffs_damage.h"

int
main(int count, char **arguments)
{
	static const off_t lengths[] = { 0, 512, 8191, 8192, 9000, 16384, 24576, 70000, 200000, 1 << 20, 3 << 20, (8 << 20) - 512,
	    (8 << 20) - 1 };
	int mounted = 0;

	take_format(count, arguments);
	make_sample("damaged");
	boot_for_damage();
	for (int index = sizeof lengths / sizeof *lengths - 1; index >= 0; index--) {
		if (!in_turn((unsigned)index, 5))
			continue;
		HOLDS(truncate("damaged", lengths[index]) == 0);
		/* Not an error alone: nothing may be written to it. */
		HOLDS(!use_image("damaged", 0));
		mounted += use_image("damaged", RUMP_MNT_RDONLY);
	}
	HOLDS(is_simulated() || (mounted >= 3 && mounted < 11));
	return 0;
}
