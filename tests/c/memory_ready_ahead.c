/* needs: fs_tmpfs vfs */
/*
 * Large files that grow at the same time, while memory is made ready for them ahead: each keeps its own bytes, and what one
 * gives back another may take. With a second virtual CPU a kernel thread does it.
 */
#include "check.h"

#include <dirent.h>

enum { THREADS = 4, BLOCK = 65536 };

static void *
grow(void *argument)
{
	static _Thread_local unsigned char block[BLOCK], found[BLOCK];
	/* In blocks; memory is made ready from two megabytes on. */
	unsigned number = (unsigned)(uintptr_t)argument, size = (unsigned)rounds(384, 48);
	char name[16];

	snprintf(name, sizeof name, "file%u", number);
	for (unsigned round = 0; round < (unsigned)rounds(3, 1); round++) {
		int file = OK(rump_sys_open(name, RUMP_O_CREAT | RUMP_O_EXCL | RUMP_O_RDWR, 0666));
		for (unsigned i = 0; i < size; i++) {
			memset(block, (int)(number * 61 + round * 17 + i), sizeof block);
			EQUAL(OK(rump_sys_write(file, block, sizeof block)), sizeof block);
		}
		for (unsigned i = 0; i < size; i++) {
			memset(block, (int)(number * 61 + round * 17 + i), sizeof block);
			EQUAL(OK(rump_sys_pread(file, found, sizeof found, (off_t)i * BLOCK)), sizeof found);
			SAME(found, block, sizeof block);
		}
		OK(rump_sys_close(file));
		OK(rump_sys_unlink(name));
	}
	return NULL;
}

static bool
has_thread(const char *name)
{
	struct dirent *entry;
	DIR *threads = opendir("/proc/self/task");
	char path[300], found[64];
	bool has = false;

	HOLDS(threads != NULL);
	while ((entry = readdir(threads)) != NULL) {
		FILE *file;

		snprintf(path, sizeof path, "/proc/self/task/%s/comm", entry->d_name);
		if ((file = fopen(path, "r")) == NULL)
			continue;
		if (fgets(found, sizeof found, file) != NULL && strncmp(found, name, strlen(name)) == 0)
			has = true;
		fclose(file);
	}
	closedir(threads);
	return has;
}

int
main(void)
{
	pthread_t threads[THREADS];

	boot_in_tmpfs();
	HOLDS(!has_thread("prefault"));
	for (uintptr_t i = 0; i < THREADS; i++)
		threads[i] = start_thread(grow, (void *)i);
	for (int i = 0; i < THREADS; i++)
		join_thread(threads[i]);
	/* Simulated threads have no names. */
	if (!is_simulated())
		HOLDS(has_thread("prefault"));
	return 0;
}
