/* needs: fs_tmpfs vfs */
/* While others come and go, entries that stay are given exactly once. */
#include "directory_list.h"

enum { STAYING = 300 };

static int seen[STAYING];
static volatile bool stop;

static void *
changer(void *argument)
{
	char path[32];

	for (unsigned i = 0; !stop; i++) {
		snprintf(path, sizeof path, "/t/d/c%ld_%u", (long)argument, i % 50);
		make_empty(path);
		if (i % 3)
			OK(rump_sys_unlink(path));
	}
	return NULL;
}

static void
each(const struct rump_netbsd_dirent *entry, void *argument)
{
	(void)argument;
	if (entry->d_name[0] == 's')
		seen[atoi(entry->d_name + 1)]++;
}

int
main(void)
{
	pthread_t threads[2];
	char path[32];

	boot_in_tmpfs();
	OK(rump_sys_mkdir("d", 0777));
	for (int i = 0; i < STAYING; i++) {
		snprintf(path, sizeof path, "d/gone%d", i);
		make_empty(path);
		snprintf(path, sizeof path, "d/s%d", i);
		make_empty(path);
	}
	for (long i = 0; i < 2; i++)
		threads[i] = start_thread(changer, (void *)i);
	for (int round = 0; round < rounds(50, 8); round++) {
		int directory = OK(rump_sys_open("d", RUMP_O_RDONLY));
		memset(seen, 0, sizeof seen);
		if (round < STAYING) {
			snprintf(path, sizeof path, "d/gone%d", round);
			OK(rump_sys_unlink(path));
		}
		for_each_entry(directory, 512, each, NULL);
		for (int i = 0; i < STAYING; i++)
			EQUAL(seen[i], 1);
		OK(rump_sys_close(directory));
	}
	stop = true;
	for (int i = 0; i < 2; i++)
		join_thread(threads[i]);
	return 0;
}
