/* needs: fs_tmpfs vfs */
/* vm.uvmexp2: the total is the limit, and what is used is not free. */
#include "check.h"
#include "sysctl.h"

enum { TOTAL = 3, FREE, ACTIVE, WIRED = 8, OF_FILES = 72, COUNT = 77, LIMIT = 32 << 20 };

static void
get(int64_t *pages)
{
	EQUAL(value_of("vm.uvmexp2", pages, COUNT * 8), COUNT * 8);
	EQUAL(pages[0], 4096);
	EQUAL(pages[1], 4095);
	EQUAL(pages[2], 12);
	EQUAL(pages[TOTAL], LIMIT / 4096);
	HOLDS(pages[FREE] > 0 && pages[FREE] < pages[TOTAL]);
	HOLDS(pages[WIRED] >= 0 && pages[ACTIVE] >= 0);
	HOLDS(pages[FREE] + pages[WIRED] + pages[ACTIVE] <= pages[TOTAL]);
}

int
main(void)
{
	static char bytes[4 << 20];
	int64_t before[COUNT], after[COUNT];

	setenv("RUMP_MEMLIMIT", "32m", 1);
	boot_in_tmpfs();
	get(before);
	make_file("large", bytes, sizeof bytes);
	get(after);
	HOLDS(before[FREE] - after[FREE] >= (int64_t)sizeof bytes / 4096 / 2);
	HOLDS(after[WIRED] + after[ACTIVE] > before[WIRED] + before[ACTIVE]);
	return 0;
}
