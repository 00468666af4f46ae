/* What the tests of damaged images share: using whatever can be mounted, where every error will do. */

#ifndef TESTS_FFS_DAMAGE_H_
#define TESTS_FFS_DAMAGE_H_

#include "ffs.h"

/* How many files are still to be looked at. */
static int use_budget;

/* Any outcome will do, but an error has a number. */
static inline long long
any(long long value)
{
	HOLDS(value >= 0 || (errno > 0 && errno < 100));
	return value;
}

static inline void
use_file(const char *path, int64_t size)
{
	static char buffer[70000];
	int file = (int)any(rump_sys_open(path, RUMP_O_RDONLY | RUMP_O_NONBLOCK));

	if (file == -1)
		return;
	int64_t places[] = { 0, size / 2, size - 5000, size - 1, 12 * 8192, (12 + 1024) * 8192LL, size * 2 };
	for (size_t index = 0; index < sizeof places / sizeof *places; index++)
		if (places[index] >= 0)
			any(rump_sys_pread(file, buffer, sizeof buffer, places[index]));
	OK(rump_sys_close(file));
}

/* Looks at everything below a directory. */
static inline void
look_around(const char *directory, int depth)
{
	static char names[8][4096];
	char path[1024], target[1024];
	int descriptor, length;

	if (depth >= 8 || (descriptor = (int)any(rump_sys_open(directory, RUMP_O_RDONLY))) == -1)
		return;
	while (use_budget > 0 && (length = (int)any(rump_sys_getdents(descriptor, names[depth], 4096))) > 0) {
		for (int at = 0; at < length && use_budget-- > 0;) {
			const struct rump_netbsd_dirent *entry = (const void *)&names[depth][at];
			Status status;

			HOLDS(entry->d_reclen > 0 && at + entry->d_reclen <= length);
			HOLDS(entry->d_namlen < 256 && entry->d_name[entry->d_namlen] == 0);
			at += entry->d_reclen;
			if (snprintf(path, sizeof path, "%s/%s", directory, entry->d_name) >= (int)sizeof path)
				continue;
			if (any(rump_sys_lstat(path, (struct stat *)&status)) == -1)
				continue;
			if (S_ISLNK(status.st_mode))
				any(rump_sys_readlink(path, target, sizeof target));
			else if (S_ISREG(status.st_mode))
				use_file(path, status.st_size);
			else if (S_ISDIR(status.st_mode) && strcmp(entry->d_name, ".") != 0 &&
			    strcmp(entry->d_name, "..") != 0)
				look_around(path, depth + 1);
		}
	}
	OK(rump_sys_close(descriptor));
}

/* Changes a directory and what is in it. */
static inline void
change_things(const char *directory)
{
	static char names[4096], buffer[30000];
	char path[1024], other[1024];
	int descriptor = (int)any(rump_sys_open(directory, RUMP_O_RDONLY)), length = 0;

	if (descriptor != -1) {
		length = (int)any(rump_sys_getdents(descriptor, names, sizeof names));
		OK(rump_sys_close(descriptor));
	}
	snprintf(path, sizeof path, "%s/made", directory);
	int file = (int)any(rump_sys_open(path, RUMP_O_CREAT | RUMP_O_RDWR, 0666));
	if (file != -1) {
		any(rump_sys_write(file, buffer, sizeof buffer));
		any(rump_sys_pwrite(file, buffer, 100, 5000000));
		any(rump_sys_fsync(file));
		OK(rump_sys_close(file));
	}
	snprintf(path, sizeof path, "%s/made-directory", directory);
	any(rump_sys_mkdir(path, 0755));
	for (int at = 0, number = 0; at < length; number++) {
		const struct rump_netbsd_dirent *entry = (const void *)&names[at];

		at += entry->d_reclen;
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(path, sizeof path, "%s/%.500s", directory, entry->d_name);
		snprintf(other, sizeof other, "%s/other-%d", directory, number);
		file = number % 3 == 2 ? (int)any(rump_sys_open(path, RUMP_O_RDWR | RUMP_O_NONBLOCK)) : -1;
		if (file != -1) {
			any(rump_sys_pwrite(file, buffer, 20000, 90000));
			any(rump_sys_ftruncate(file, 5000));
			OK(rump_sys_close(file));
		}
		any(number % 3 == 0 ? rump_sys_rename(path, other) : rump_sys_link(path, other));
		any(rump_sys_truncate(path, 0));
		any(entry->d_type == N_DT_DIR ? rump_sys_rmdir(path) : rump_sys_unlink(path));
	}
}

/* Mounts, uses and unmounts what may be no file system; says whether it could be mounted. */
static inline bool
use_image(const char *image, int flags)
{
	bool mounted;

	attach("/dev/damaged", image);
	mounted = any(try_mount("/dev/damaged", "/m", flags)) == 0;
	if (mounted) {
		struct rump_netbsd_statvfs space;

		any(rump_sys_statvfs1("/m", (struct statvfs *)&space, RUMP_MNT_WAIT));
		use_budget = 300;
		look_around("/m", 0);
		if (!(flags & RUMP_MNT_RDONLY)) {
			change_things("/m");
			change_things("/m/d");
			use_budget = 100;
			look_around("/m", 0);
		}
		if (any(rump_sys_unmount("/m", 0)) == -1)
			OK(rump_sys_unmount("/m", RUMP_MNT_FORCE));
	}
	EQUAL(rump_pub_etfs_remove("/dev/damaged"), 0);
	return mounted;
}

/* How much damage has been tried. In a simulated world one in a hundred is, another one with each seed. */
static unsigned damage_number;

static inline bool
damage_is_due(void)
{
	return in_turn(damage_number, 100);
}

/* Puts a number into an image, if it is the turn of what it is a part of. */
static inline void
damage(const struct raw_image *image, off_t at, int size, uint64_t value)
{
	if (damage_is_due())
		put_raw_number(image, at, size, value);
}

enum { SAMPLE_LENGTH = 8 << 20 };

/* Where the sample is as it was before it was damaged. */
static char undamaged[1024];

static inline void
restore(const char *image)
{
	HOLDS(copy_host_file(undamaged, image));
}

/* A small image with some of everything. */
static inline void
make_sample(const char *image)
{
	char way[64];
	const char *kept;

	snprintf(way, sizeof way, "sample %s", ffs_format);
	snprintf(undamaged, sizeof undamaged, "%s", (kept = kept_image(way)) != NULL ? kept : "undamaged");
	if (copy_host_file(undamaged, image))
		return;
	HOLDS(system("mkdir -p tree/d/e tree/d/empty && "
	    "for n in $(seq 60); do echo $n >tree/d/file-$n; done && "
	    "head -c 3000000 /dev/zero | tr '\\0' x >tree/large && head -c 90000 /dev/zero >tree/d/e/medium && "
	    "ln -s d/file-3 tree/short && ln -s $(head -c 300 /dev/zero | tr '\\0' l) tree/long && "
	    "ln tree/large tree/d/hard && mkfifo tree/fifo") == 0);
	make_image_of(undamaged, "8m", "density=8192", "tree");
	restore(image);
}

/* Boots, with a directory to mount at. */
static inline void
boot_for_damage(void)
{
	boot();
	OK(rump_sys_mkdir("/m", 0755));
}

#endif /* TESTS_FFS_DAMAGE_H_ */
