/* needs: fs_tmpfs vfs */
/* When the host itself has no more memory, calls give ENOMEM and the kernel goes on; what is removed makes room. */
#include "check.h"

/* So many bytes more than there are, stacks of threads included. */
static void
limit_memory(size_t more)
{
	FILE *file = fopen("/proc/self/statm", "r");
	unsigned long pages;

	HOLDS(file != NULL && fscanf(file, "%lu", &pages) == 1);
	fclose(file);
	struct rlimit limit = { pages * 4096 + more, pages * 4096 + more };
	EQUAL(setrlimit(RLIMIT_AS, &limit), 0);
}

int
main(void)
{
	static char block[65536];
	char path[32];
	int made = 0;
	ssize_t count;

	boot_in_tmpfs();
	int file = OK(rump_sys_open("data", RUMP_O_CREAT | RUMP_O_RDWR, 0666));
	limit_memory((size_t)rounds(128, 48) << 20);
	while ((count = rump_sys_write(file, block, sizeof block)) > 0)
		continue;
	EQUAL(count, -1);
	EQUAL(errno, RUMP_ENOMEM);
	for (;; made++) {
		snprintf(path, sizeof path, "%d", made);
		if (rump_sys_mkdir(path, 0777) == -1)
			break;
		HOLDS(made < 10000000);
	}
	EQUAL(errno, RUMP_ENOMEM);
	/* What is there is in order. */
	struct rump_netbsd_stat status;
	OK(rump_sys_stat("data", (void *)&status));
	OK(rump_sys_ftruncate(file, 0));
	/* What the data took is the host's again, and of use for anything. */
	OK(rump_sys_mkdir("again", 0777));
	for (int i = 0; i < made; i++) {
		snprintf(path, sizeof path, "%d", i);
		OK(rump_sys_rmdir(path));
	}
	make_empty("after");
	return 0;
}
