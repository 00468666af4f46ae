/* needs: fs_tmpfs vfs */
/* Directories that threads move into one another never become a ring, and none is lost. */
#include "check.h"

enum { THREADS = 4, DIRECTORIES = 6 };

static double end;

static void *
mover(void *argument)
{
	unsigned state = (unsigned)(long)argument * 7919 + 1;
	char from[64], to[64];

	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR), 0);
	while (seconds_now() < end) {
		unsigned numbers[4];
		for (int i = 0; i < 4; i++) {
			state = state * 1103515245 + 12345;
			numbers[i] = state >> 16;
		}
		snprintf(from, sizeof from, numbers[3] & 1 ? "/t/d%u" : "/t/d%u/d%u",
		    numbers[0] % DIRECTORIES, numbers[1] % DIRECTORIES);
		snprintf(to, sizeof to, numbers[3] & 2 ? "/t/d%u/d%u" : "/t/d%u",
		    numbers[2] % DIRECTORIES, numbers[1] % DIRECTORIES);
		if (rump_sys_rename(from, to) == -1)
			HOLDS(errno == RUMP_ENOENT || errno == RUMP_EINVAL ||
			    errno == RUMP_ENOTEMPTY || errno == RUMP_EEXIST);
	}
	rump_pub_lwproc_releaselwp();
	return NULL;
}

static int
count_below(const char *path, int depth)
{
	char inner[512];
	int count = 0;

	HOLDS(depth < 20);
	for (int i = 0; i < DIRECTORIES; i++) {
		snprintf(inner, sizeof inner, "%s/d%d", path, i);
		if (exists(inner)) {
			Status parent = status_of(path);
			strcat(inner, "/..");
			EQUAL(status_of(inner).st_ino, parent.st_ino);
			inner[strlen(inner) - 3] = 0;
			count += 1 + count_below(inner, depth + 1);
		}
	}
	EQUAL(depth >= 0, 1);
	return count;
}

int
main(void)
{
	pthread_t threads[THREADS];
	char path[32];

	boot_in_tmpfs();
	for (int i = 0; i < DIRECTORIES; i++) {
		snprintf(path, sizeof path, "/t/d%d", i);
		OK(rump_sys_mkdir(path, 0777));
	}
	end = seconds_now() + rounds(2000, 50) / 1000.0;
	for (long i = 0; i < THREADS; i++)
		threads[i] = start_thread(mover, (void *)i);
	for (int i = 0; i < THREADS; i++)
		join_thread(threads[i]);
	/* Empty ones may have been replaced, so that there are at most as many. */
	int count = count_below("/t", 0);
	HOLDS(count >= 1 && count <= DIRECTORIES);
	return 0;
}
