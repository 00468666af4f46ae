/* Disks: a memory disk and a file as a disk that all write to in places of their own; disks and mounts that come and go. */
#include "worker.h"

static const char *const shared_disks[] = { "/dev/rmd0d", "/dev/rvnd0d" };

void
make_disks(void)
{
	static const char zeroes[BLOCK];

	configure_memory(shared_disks[0], MOST_WORKERS * BLOCK);
	for (int number = 0; number < 2; number++) {
		int file = OK(rump_sys_open(number == 0 ? "/m/disk" : "/t/disk", RUMP_O_CREAT | RUMP_O_RDWR, 0600));
		for (int block = 0; block < MOST_WORKERS; block++)
			EQUAL(OK(rump_sys_write(file, zeroes, BLOCK)), BLOCK);
		OK(rump_sys_close(file));
	}
	configure_file(shared_disks[1], "/m/disk", 0);
	/* The next unit's node: 8 minor numbers further. */
	OK(rump_sys_mknod("/dev/rvnd1d", S_IFCHR | 0600, status_of("/dev/rvnd0d").st_rdev + 8));
	OK(rump_sys_mkdir("/mounts", 0755));
	for (int place = 0; place < 3; place++) {
		char path[32];
		snprintf(path, sizeof path, "/mounts/%d", place);
		OK(rump_sys_mkdir(path, 0777));
	}
}

static void
check_block(struct worker *worker, int number, int disk)
{
	ssize_t count = rump_sys_pread(disk, worker->found, BLOCK, (off_t)worker->number * BLOCK);

	if (!WENT(count))
		return;
	EQUAL(count, BLOCK);
	if (worker->block_seed[number] != 0) {
		fill_pattern(worker->bytes, BLOCK, worker->block_seed[number]);
		SAME(worker->found, worker->bytes, BLOCK);
	}
}

void
use_disk(struct worker *worker)
{
	int number = (int)below(worker, 2);
	int disk = rump_sys_open(shared_disks[number], RUMP_O_RDWR);

	if (!WENT(disk))
		return;
	check_block(worker, number, disk);
	uint64_t seed = next_random(&worker->random) | 1;
	fill_pattern(worker->bytes, BLOCK, seed);
	worker->block_seed[number] = 0;
	ssize_t count = rump_sys_pwrite(disk, worker->bytes, BLOCK, (off_t)worker->number * BLOCK);
	if (WENT(count, RUMP_ENOSPC)) {
		EQUAL(count, BLOCK);
		worker->block_seed[number] = seed;
	}
	check_block(worker, number, disk);
	OK(rump_sys_close(disk));
}

/* The second file disk comes and goes while others use it. */
void
configure_disk(struct worker *worker)
{
	struct vnd_request request = { .file = "/t/disk", .flags = 0 };
	int disk = rump_sys_open("/dev/rvnd1d", RUMP_O_RDWR);

	if (!WENT(disk, RUMP_ENXIO))
		return;
	switch (below(worker, 3)) {
	case 0:
		(void)WENT(rump_sys_ioctl(disk, N_VNDIOCSET, &request), RUMP_EBUSY);
		break;
	case 1:
		request.flags = below(worker, 2) == 0 ? VND_FORCE : 0;
		(void)WENT(rump_sys_ioctl(disk, N_VNDIOCCLR, &request), RUMP_EBUSY, RUMP_ENXIO);
		break;
	default:
		(void)WENT(rump_sys_pwrite(disk, worker->bytes, BLOCK, (off_t)worker->number * BLOCK), RUMP_ENXIO);
		(void)WENT(rump_sys_pread(disk, worker->found, BLOCK, (off_t)worker->number * BLOCK), RUMP_ENXIO);
	}
	OK(rump_sys_close(disk));
}

/* How the files and directories of a mount answer that has gone by force. */
#define DEAD RUMP_EIO, RUMP_ENXIO, RUMP_EBADF, RUMP_ENOTDIR

/* What is done under a mount that may go by force at any time. */
static void
use_mount(struct worker *worker, const char *place)
{
	char path[64];

	snprintf(path, sizeof path, "%s/file-%d", place, (int)below(worker, 4));
	int file = rump_sys_open(path, RUMP_O_CREAT | RUMP_O_RDWR, 0666);
	if (!WENT(file, RUMP_ENOENT, RUMP_ENOSPC, DEAD, RUMP_EBUSY))
		return;
	(void)WENT(rump_sys_write(file, worker->bytes, 1000), DEAD, RUMP_ENOSPC);
	(void)WENT(rump_sys_pread(file, worker->found, 1000, 0), DEAD);
	OK(rump_sys_close(file));
	(void)WENT(rump_sys_unlink(path), RUMP_ENOENT, DEAD, RUMP_EBUSY);
}

void
mount_and_unmount(struct worker *worker)
{
	char place[32];

	snprintf(place, sizeof place, "/mounts/%d", (int)below(worker, 3));
	switch (below(worker, 4)) {
	case 0:
		(void)WENT(try_mount_tmpfs(place, 0, 0, 0), RUMP_EBUSY, RUMP_ENOENT, DEAD);
		break;
	case 1: {
		int flags = below(worker, 4) == 0 ? RUMP_MNT_FORCE : 0;
		(void)WENT(rump_sys_unmount(place, flags), RUMP_EBUSY, RUMP_EINVAL, RUMP_ENOENT, DEAD);
		break;
	}
	default:
		use_mount(worker, place);
	}
}

void
remove_disks(void)
{
	struct vnd_request request = { .flags = 0 };
	char place[32];

	for (int number = 0; number < 3; number++) {
		snprintf(place, sizeof place, "/mounts/%d", number);
		while (rump_sys_unmount(place, 0) == 0)
			continue;
		EQUAL(errno, RUMP_EINVAL);
	}
	unconfigure_file(shared_disks[1], 0);
	int disk = open_disk("/dev/rvnd1d");
	HOLDS(rump_sys_ioctl(disk, N_VNDIOCCLR, &request) == 0 || errno == RUMP_ENXIO);
	OK(rump_sys_close(disk));
}
