/* Files and directories: names of a worker's own, of which every answer is known, and names that all workers share. */
#include "worker.h"

static void
path_of_slot(const struct worker *worker, int slot, char *path, size_t size)
{
	snprintf(path, size, "%s/file-%d", worker->directory, slot);
}

/* Takes a name away. That may take several tries when memory is low, but what takes no room must go in the end. */
static void
remove_name(const char *path)
{
	while (rump_sys_unlink(path) == -1 && errno != RUMP_ENOENT)
		HOLDS(memory_is_low && errno == RUMP_ENOMEM);
}

/* A file that could not be written as it should be goes: it has no known content. */
static void
give_up_file(struct worker *worker, int slot, int file)
{
	char path[96];

	if (file >= 0)
		OK(rump_sys_close(file));
	path_of_slot(worker, slot, path, sizeof path);
	remove_name(path);
	worker->slots[slot].exists = false;
}

static void
write_slot(struct worker *worker, int number)
{
	struct slot *slot = &worker->slots[number];
	size_t length = below(worker, LARGEST), done = 0;
	uint64_t seed = next_random(&worker->random);
	char path[96];

	path_of_slot(worker, number, path, sizeof path);
	fill_pattern(worker->bytes, length, seed);
	int file = rump_sys_open(path, RUMP_O_CREAT | RUMP_O_TRUNC | RUMP_O_RDWR, 0644);
	if (!WENT(file, RUMP_ENOSPC)) {
		give_up_file(worker, number, -1);
		return;
	}
	while (done < length) {
		size_t piece = 1 + below(worker, length - done);
		ssize_t count = rump_sys_write(file, worker->bytes + done, piece);
		if (!WENT(count, RUMP_ENOSPC) || count == 0) {
			give_up_file(worker, number, file);
			return;
		}
		done += (size_t)count;
	}
	if (below(worker, 8) == 0 && !WENT(rump_sys_fsync(file), RUMP_ENOSPC)) {
		give_up_file(worker, number, file);
		return;
	}
	OK(rump_sys_close(file));
	*slot = (struct slot){ true, length, seed };
}

static void
check_slot(struct worker *worker, int number)
{
	struct slot *slot = &worker->slots[number];
	char path[96];

	path_of_slot(worker, number, path, sizeof path);
	int file = rump_sys_open(path, RUMP_O_RDONLY);
	if (!slot->exists) {
		if (WENT(file, RUMP_ENOENT))
			check_fail(__FILE__, __LINE__, "%s is there, and should not be", path);
		return;
	}
	if (!WENT(file))
		return;
	ssize_t count = rump_sys_pread(file, worker->found, slot->length + 1, 0);
	if (WENT(count)) {
		EQUAL(count, slot->length);
		fill_pattern(worker->bytes, slot->length, slot->seed);
		SAME(worker->found, worker->bytes, slot->length);
		EQUAL(descriptor_status(file).st_nlink, 1);
	}
	OK(rump_sys_close(file));
}

void
make_own_files(struct worker *worker)
{
	const char *place = worker->number % 2 == 0 ? "/t" : "/m";

	snprintf(worker->directory, sizeof worker->directory, "%s/own-%d", place, worker->number);
	OK(rump_sys_mkdir(worker->directory, 0755));
}

static void
show_entry(const struct rump_netbsd_dirent *entry, void *directory)
{
	fprintf(stderr, "%s holds %s\n", (const char *)directory, entry->d_name);
}

/* All that the worker made is there, and nothing else. */
void
check_own_files(struct worker *worker)
{
	int count = 0;

	for (int slot = 0; slot < SLOTS; slot++) {
		check_slot(worker, slot);
		count += worker->slots[slot].exists;
	}
	if (each_name(worker->directory, NULL, NULL) != count)
		each_name(worker->directory, show_entry, worker->directory);
	EQUAL(each_name(worker->directory, NULL, NULL), count);
	EQUAL(status_of(worker->directory).st_nlink, 2);
}

void
change_own_file(struct worker *worker)
{
	int number = (int)below(worker, SLOTS);
	struct slot *slot = &worker->slots[number];
	char path[96];

	check_slot(worker, number);
	path_of_slot(worker, number, path, sizeof path);
	switch (below(worker, 4)) {
	case 0:
		if (WENT(rump_sys_unlink(path), slot->exists ? 0 : RUMP_ENOENT))
			*slot = (struct slot){ 0 };
		break;
	case 1:
		if (slot->exists) {
			size_t length = below(worker, slot->length + 1);
			if (WENT(rump_sys_truncate(path, (off_t)length), RUMP_ENOSPC))
				slot->length = length;
			else
				give_up_file(worker, number, -1);
		}
		break;
	default:
		write_slot(worker, number);
	}
	check_slot(worker, number);
}

/* A second name, a move over it, and the counts of links on the way. */
void
link_own_file(struct worker *worker)
{
	int number = (int)below(worker, SLOTS);
	char path[96], other[96];

	if (!worker->slots[number].exists)
		return;
	path_of_slot(worker, number, path, sizeof path);
	snprintf(other, sizeof other, "%s/other", worker->directory);
	if (!WENT(rump_sys_link(path, other), RUMP_ENOSPC))
		return;
	if (!memory_is_low) {
		EQUAL(status_of(path).st_nlink, 2);
		EQUAL(status_of(other).st_ino, status_of(path).st_ino);
	}
	if (below(worker, 2) == 0) {
		remove_name(path);
		/* The name that was there left room for this one. */
		while (!WENT(rump_sys_rename(other, path)))
			continue;
	} else
		remove_name(other);
	check_slot(worker, number);
}

void
fill_own_directory(struct worker *worker)
{
	char directory[80], path[128];
	int wanted = 1 + (int)below(worker, 30), made = 0, directories = 0;

	snprintf(directory, sizeof directory, "%s/full", worker->directory);
	if (!WENT(rump_sys_mkdir(directory, 0755), RUMP_ENOSPC))
		return;
	for (; made < wanted; made++) {
		snprintf(path, sizeof path, "%s/entry-with-a-name-%d", directory, made);
		bool went = made % 3 == 0 ? WENT(rump_sys_mkdir(path, 0755), RUMP_ENOSPC)
		    : made % 3 == 1 ? WENT(rump_sys_symlink("target", path), RUMP_ENOSPC)
		    : WENT(rump_sys_mkfifo(path, 0644), RUMP_ENOSPC);
		if (!went)
			break;
		directories += made % 3 == 0;
	}
	if (!memory_is_low) {
		EQUAL(each_name(directory, NULL, NULL), made);
		EQUAL(status_of(directory).st_nlink, 2 + directories);
		FAILS(rump_sys_rmdir(directory), RUMP_ENOTEMPTY);
	}
	for (int entry = made - 1; entry >= 0; entry--) {
		snprintf(path, sizeof path, "%s/entry-with-a-name-%d", directory, entry);
		while (!WENT(entry % 3 == 0 ? rump_sys_rmdir(path) : rump_sys_unlink(path)))
			continue;
	}
	while (!WENT(rump_sys_rmdir(directory)))
		continue;
}

static void
see_entry(const struct rump_netbsd_dirent *entry, void *unused)
{
	(void)unused;
	HOLDS(entry->d_namlen == strlen(entry->d_name));
}

static void
shared_path(struct worker *worker, const char *place, char *path, size_t size)
{
	snprintf(path, size, "%s/common/%d/n%d", place, (int)below(worker, 3), (int)below(worker, 8));
}

static void
append_to(struct worker *worker, const char *path)
{
	int file = rump_sys_open(path, RUMP_O_CREAT | RUMP_O_RDWR | RUMP_O_APPEND | RUMP_O_NONBLOCK, 0666);

	if (!WENT(file, RUMP_EISDIR, RUMP_ENOENT, RUMP_ENOSPC, RUMP_EEXIST, RUMP_ELOOP))
		return;
	(void)WENT(rump_sys_write(file, worker->bytes, 1 + below(worker, 2000)), RUMP_ENOSPC);
	if (below(worker, 8) == 0)
		(void)WENT(rump_sys_fsync(file), RUMP_ENOSPC);
	if (below(worker, 4) == 0)
		(void)WENT(rump_sys_ftruncate(file, (off_t)below(worker, 3000)), RUMP_ENOSPC);
	OK(rump_sys_close(file));
}

#define OTHERS_WORK RUMP_ENOENT, RUMP_EEXIST, RUMP_ENOTEMPTY, RUMP_EISDIR, RUMP_ENOTDIR, RUMP_EPERM, RUMP_EINVAL, \
	RUMP_ELOOP, RUMP_ENOSPC

void
change_shared_names(struct worker *worker)
{
	const char *place = below(worker, 2) == 0 ? "/t" : "/m";
	char one[64], other[64];

	shared_path(worker, place, one, sizeof one);
	shared_path(worker, place, other, sizeof other);
	switch (below(worker, 10)) {
	case 0:
		(void)WENT(rump_sys_mkdir(one, 0755), OTHERS_WORK);
		break;
	case 1:
		(void)WENT(rump_sys_rmdir(one), OTHERS_WORK);
		break;
	case 2: case 3:
		(void)WENT(rump_sys_rename(one, other), OTHERS_WORK);
		break;
	case 4:
		(void)WENT(rump_sys_link(one, other), OTHERS_WORK);
		break;
	case 5:
		(void)WENT(rump_sys_unlink(one), OTHERS_WORK);
		break;
	case 6:
		(void)WENT(rump_sys_symlink(other, one), OTHERS_WORK);
		break;
	case 7:
		if (!memory_is_low) {
			snprintf(one, sizeof one, "%s/common/%d", place, (int)below(worker, 3));
			each_name(one, see_entry, NULL);
		}
		break;
	case 8:
		rump_sys_sync();
		break;
	default:
		append_to(worker, one);
	}
}

/* A file that has no name any more lives as long as it is open. */
void
use_unlinked_file(struct worker *worker)
{
	char path[96];
	size_t length = 1 + below(worker, LARGEST);

	snprintf(path, sizeof path, "%s/short-lived", worker->directory);
	int file = rump_sys_open(path, RUMP_O_CREAT | RUMP_O_EXCL | RUMP_O_RDWR, 0600);
	if (!WENT(file, RUMP_ENOSPC))
		return;
	remove_name(path);
	fill_pattern(worker->bytes, length, length);
	ssize_t written = rump_sys_pwrite(file, worker->bytes, length, 100);
	if (WENT(written, RUMP_ENOSPC)) {
		EQUAL(descriptor_status(file).st_nlink, 0);
		ssize_t count = rump_sys_pread(file, worker->found, length, 100);
		if (WENT(count)) {
			EQUAL(count, written);
			SAME(worker->found, worker->bytes, count);
		}
	}
	OK(rump_sys_close(file));
}

/* Writes until there is no room left, when memory is low; and gives all of it back. */
void
take_much_room(struct worker *worker)
{
	char path[96];

	if (!memory_is_low || below(worker, 20) != 0)
		return;
	snprintf(path, sizeof path, "/t/hog-%d", worker->number);
	int file = rump_sys_open(path, RUMP_O_CREAT | RUMP_O_RDWR, 0600);
	if (!WENT(file))
		return;
	for (int round = 0; round < 1000; round++)
		if (!WENT(rump_sys_write(file, worker->bytes, LARGEST)))
			break;
	OK(rump_sys_close(file));
	remove_name(path);
}
