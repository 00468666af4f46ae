/*
 * A tree of files on an FFS image, written or read through whatever libraries are loaded: tree write|read IMAGE SEED.
 * Four threads, each a process of the kernel, work on a directory each. What is written follows from the seed, so that
 * another implementation can read it and compare.
 */
#include "check.h"

enum { THREADS = 4, FILES = 40, PIECE = 1 << 16 };

struct ffs_arguments {
	char *device;
};

static uint64_t seed;
static bool writing;

struct file {
	uint64_t state;
	size_t begin, length;
	unsigned mode, owner;
};

static uint64_t
next(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 33;
}

/* The file with that number: some are empty, some small, some large, every fifth begins with a hole. */
static struct file
describe(int thread, int number)
{
	struct file file = { .state = seed ^ (uint64_t)thread << 40 ^ (uint64_t)number << 20 };

	next(&file.state);
	file.length = next(&file.state) % (number % 4 == 0 ? 1 : number % 4 == 1 ? 600 : number % 4 == 2 ? 40000 : 400000);
	file.begin = number % 5 == 0 ? next(&file.state) % 300000 : 0;
	file.mode = 0400 | next(&file.state) % 0400;
	file.owner = next(&file.state) % 60000;
	return file;
}

static void
fill(struct file *file, unsigned char *piece, size_t length)
{
	for (size_t i = 0; i < length; i++)
		piece[i] = next(&file->state);
}

static void
write_file(const char *path, struct file file)
{
	static __thread unsigned char piece[PIECE];
	int descriptor = OK(rump_sys_open(path, RUMP_O_CREAT | RUMP_O_EXCL | RUMP_O_RDWR, 0600));

	for (size_t done = 0; done < file.length; done += PIECE) {
		size_t length = file.length - done < PIECE ? file.length - done : PIECE;

		fill(&file, piece, length);
		EQUAL(OK(rump_sys_pwrite(descriptor, piece, length, file.begin + done)), length);
	}
	OK(rump_sys_close(descriptor));
	OK(rump_sys_chown(path, file.owner, file.owner / 2));
	OK(rump_sys_chmod(path, file.mode));
}

static void
read_file(const char *path, struct file file, unsigned links)
{
	static __thread unsigned char piece[PIECE], found[PIECE];
	Status status = status_of(path);
	size_t end = file.length ? file.begin + file.length : 0;

	EQUAL(status.st_mode & 07777, file.mode);
	EQUAL(status.st_uid, file.owner);
	EQUAL(status.st_gid, file.owner / 2);
	EQUAL(status.st_nlink, links);
	EQUAL(status.st_size, end);
	int descriptor = OK(rump_sys_open(path, RUMP_O_RDONLY));
	for (size_t hole = 0; end && hole < file.begin; hole += PIECE) {
		size_t length = file.begin - hole < PIECE ? file.begin - hole : PIECE;

		EQUAL(OK(rump_sys_pread(descriptor, found, length, hole)), length);
		ALL(found, 0, length);
	}
	for (size_t done = 0; done < file.length; done += PIECE) {
		size_t length = file.length - done < PIECE ? file.length - done : PIECE;

		fill(&file, piece, length);
		EQUAL(OK(rump_sys_pread(descriptor, found, length, file.begin + done)), length);
		SAME(found, piece, length);
	}
	OK(rump_sys_close(descriptor));
}

/* Files, then names of all kinds: every third file moves below, every seventh goes, every eighth gets a second name. */
static void
write_names(int thread, int number)
{
	char from[64], to[64];

	snprintf(from, sizeof from, "/m/%d/file-%d", thread, number);
	if (number % 3 == 0) {
		snprintf(to, sizeof to, "/m/%d/below/moved-%d", thread, number);
		OK(rump_sys_rename(from, to));
	} else if (number % 7 == 0) {
		OK(rump_sys_unlink(from));
	} else if (number % 8 == 0) {
		snprintf(to, sizeof to, "/m/%d/below/link-%d", thread, number);
		OK(rump_sys_link(from, to));
		snprintf(to, sizeof to, "/m/%d/below/symlink-%d", thread, number);
		OK(rump_sys_symlink(from, to));
	}
}

static void
read_names(int thread, int number)
{
	char from[64], to[64], target[64];

	snprintf(from, sizeof from, "/m/%d/file-%d", thread, number);
	if (number % 3 == 0) {
		HOLDS(!exists(from));
		snprintf(to, sizeof to, "/m/%d/below/moved-%d", thread, number);
		read_file(to, describe(thread, number), 1);
	} else if (number % 7 == 0) {
		HOLDS(!exists(from));
	} else if (number % 8 == 0) {
		read_file(from, describe(thread, number), 2);
		snprintf(to, sizeof to, "/m/%d/below/link-%d", thread, number);
		read_file(to, describe(thread, number), 2);
		snprintf(to, sizeof to, "/m/%d/below/symlink-%d", thread, number);
		EQUAL(OK(rump_sys_readlink(to, target, sizeof target)), strlen(from));
		SAME(target, from, strlen(from));
	} else {
		read_file(from, describe(thread, number), 1);
	}
}

static void *
work(void *argument)
{
	int thread = (int)(intptr_t)argument;
	char path[64];

	EQUAL(rump_pub_lwproc_rfork(RUMP_RFCFDG), 0);
	if (writing) {
		snprintf(path, sizeof path, "/m/%d", thread);
		OK(rump_sys_mkdir(path, 0755));
		snprintf(path, sizeof path, "/m/%d/below", thread);
		OK(rump_sys_mkdir(path, 0750));
		for (int number = 0; number < FILES; number++) {
			snprintf(path, sizeof path, "/m/%d/file-%d", thread, number);
			write_file(path, describe(thread, number));
		}
	}
	for (int number = 0; number < FILES; number++) {
		if (writing)
			write_names(thread, number);
		else
			read_names(thread, number);
	}
	rump_pub_lwproc_releaselwp();
	return NULL;
}

int
main(int count, char **words)
{
	struct ffs_arguments arguments = { .device = "/device" };
	pthread_t threads[THREADS];

	if (count != 4)
		return 2;
	writing = strcmp(words[1], "write") == 0;
	seed = strtoull(words[3], NULL, 10);
	boot();
	EQUAL(rump_pub_etfs_register("/device", words[2], RUMP_ETFS_BLK), 0);
	OK(rump_sys_mkdir("/m", 0777));
	OK(rump_sys_mount("ffs", "/m", writing ? 0 : RUMP_MNT_RDONLY, &arguments, sizeof arguments));
	for (int i = 0; i < THREADS; i++)
		EQUAL(pthread_create(&threads[i], NULL, work, (void *)(intptr_t)i), 0);
	for (int i = 0; i < THREADS; i++)
		EQUAL(pthread_join(threads[i], NULL), 0);
	OK(rump_sys_unmount("/m", 0));
	return 0;
}
