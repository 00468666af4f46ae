/* needs: fs_ffs vfs */
/* formats: ufs1le ufs1be ufs2le ufs2be */
/* 64 host threads at work on one mount, in their own and in common directories, on two virtual CPUs. */
#include "ffs.h"

#define MOST_THREADS 64
#define THREADS rounds(MOST_THREADS, 8)
#define ROUNDS rounds(40, 4)

static void
may_fail(long long value)
{
	if (value == -1 && errno != RUMP_ENOENT && errno != RUMP_EEXIST && errno != RUMP_ENOTEMPTY &&
	    errno != RUMP_EISDIR && errno != RUMP_ENOTDIR && errno != RUMP_EPERM && errno != RUMP_EINVAL)
		check_fail(__FILE__, __LINE__, "unexpected: %s", rump_strerror(errno));
}

static void
see_nothing(const struct rump_netbsd_dirent *entry, void *unused)
{
	(void)unused;
	HOLDS(entry->d_namlen == strlen(entry->d_name));
}

static void
disturb(uint64_t *random)
{
	char one[64], other[64];

	snprintf(one, sizeof one, "/m/common/%d/n%d", (int)(next_random(random) % 3), (int)(next_random(random) % 8));
	snprintf(other, sizeof other, "/m/common/%d/n%d", (int)(next_random(random) % 3), (int)(next_random(random) % 8));
	switch (next_random(random) % 8) {
	case 0:
		may_fail(rump_sys_mkdir(one, 0755));
		break;
	case 1:
		may_fail(rump_sys_rmdir(one));
		break;
	case 2:
		may_fail(rump_sys_rename(one, other));
		break;
	case 3:
		may_fail(rump_sys_link(one, other));
		break;
	case 4:
		may_fail(rump_sys_unlink(one));
		break;
	case 5:
		may_fail(rump_sys_symlink("target", one));
		break;
	case 6:
		each_name("/m/common/0", see_nothing, NULL);
		break;
	default: {
		int file = rump_sys_open(one, RUMP_O_CREAT | RUMP_O_RDWR | RUMP_O_APPEND, 0666);
		may_fail(file);
		if (file != -1) {
			may_fail(rump_sys_write(file, one, 20));
			if (next_random(random) % 8 == 0)
				may_fail(rump_sys_fsync(file));
			OK(rump_sys_close(file));
		}
	}
	}
}

static void *
work(void *argument)
{
	uint64_t number = (uintptr_t)argument, random = number * 77 + 1;
	char directory[64], path[128], moved[128];

	snprintf(directory, sizeof directory, "/m/own-%llu", (unsigned long long)number);
	OK(rump_sys_mkdir(directory, 0755));
	for (uint64_t round = 0; round < (uint64_t)ROUNDS; round++) {
		size_t length = next_random(&random) % 30000;

		snprintf(path, sizeof path, "%s/file-%llu", directory, (unsigned long long)round);
		make_pattern_file(path, length, number * 1000 + round);
		expect_pattern(path, length, number * 1000 + round);
		disturb(&random);
		if (round % 3 == 0)
			OK(rump_sys_unlink(path));
		if (round % 3 == 1) {
			snprintf(moved, sizeof moved, "%s/moved", directory);
			OK(rump_sys_rename(path, moved));
			expect_pattern(moved, length, number * 1000 + round);
		}
		disturb(&random);
	}
	return NULL;
}

static void
check_own(uint64_t number)
{
	char path[128];

	for (uint64_t round = 0; round < (uint64_t)ROUNDS; round++) {
		snprintf(path, sizeof path, "/m/own-%llu/file-%llu", (unsigned long long)number, (unsigned long long)round);
		HOLDS(exists(path) == (round % 3 == 2));
	}
}

int
main(int count, char **arguments)
{
	static pthread_t threads[MOST_THREADS];

	setenv("RUMP_NCPU", "2", 1);
	boot_in_ffs(count, arguments, rounds(80, 8) == 80 ? "80m" : "8m", "density=8192");
	OK(rump_sys_chdir("/"));
	OK(rump_sys_mkdir("/m/common", 0755));
	OK(rump_sys_mkdir("/m/common/0", 0755));
	OK(rump_sys_mkdir("/m/common/1", 0755));
	OK(rump_sys_mkdir("/m/common/2", 0755));
	for (uintptr_t number = 0; number < (uintptr_t)THREADS; number++)
		threads[number] = start_thread(work, (void *)number);
	for (int number = 0; number < THREADS; number++)
		join_thread(threads[number]);
	mount_again();
	for (uint64_t number = 0; number < (uint64_t)THREADS; number++)
		check_own(number);
	unmount_image();
	return 0;
}
