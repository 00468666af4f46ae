/* What the tests of FFS share: images made by makefs, mounting them, where things lie in them. */

#ifndef TESTS_FFS_H_
#define TESTS_FFS_H_

#include <fcntl.h>

#include "check.h"

#define DEVICE "/dev/image"

/* The argument of the program: what the images are to be. */
static const char *ffs_format;

static inline bool
is_ufs2(void)
{
	return strncmp(ffs_format, "ufs2", 4) == 0;
}

static inline bool
is_big_endian(void)
{
	return strcmp(ffs_format + 4, "be") == 0;
}

static inline void
take_format(int count, char **arguments)
{
	if (count != 2 || strlen(arguments[1]) != 6)
		check_fail(__FILE__, __LINE__, "usage: test ufs1le|ufs1be|ufs2le|ufs2be");
	ffs_format = arguments[1];
}

/* Copies a file of the host; pieces that are all zeroes become holes, which take no time to copy again. */
static inline bool
copy_host_file(const char *from, const char *to)
{
	const int seek_data = 3; /* SEEK_DATA of lseek(2), for which _GNU_SOURCE would be needed. */
	int input = open(from, O_RDONLY), output;
	static char piece[1 << 15];
	ssize_t length;

	if (input == -1)
		return false;
	HOLDS((output = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0644)) != -1);
	HOLDS(ftruncate(output, lseek(input, 0, SEEK_END)) == 0);
	for (off_t at = 0; (at = lseek(input, at, seek_data)) != -1; at += length) {
		HOLDS((length = pread(input, piece, sizeof piece, at)) > 0);
		if (piece[0] != 0 || memcmp(piece, piece + 1, (size_t)length - 1) != 0)
			HOLDS(pwrite(output, piece, (size_t)length, at) == length);
	}
	HOLDS(close(input) == 0 && close(output) == 0);
	return true;
}

/*
 * Where an image is kept that is made in this way, for the next run of the test: making it takes longer than a run in a
 * simulated world. Null in the real world, where a test runs once.
 */
static inline const char *
kept_image(const char *way)
{
	static char path[1024];
	uint64_t hash = 0xcbf29ce484222325; /* FNV-1a */

	if (!is_simulated())
		return NULL;
	for (; *way != 0; way++)
		hash = (hash ^ (unsigned char)*way) * 0x100000001b3;
	snprintf(path, sizeof path, "%s/image-%016llx", kept_files(), (unsigned long long)hash);
	return path;
}

/* Makes an image with a copy of a directory of the host; options are makefs's beyond the version. */
static inline void
make_image_of(const char *image, const char *size, const char *options, const char *tree)
{
	char command[2048];
	const char *kept;

	snprintf(command, sizeof command,
	    "PATH=$PATH:/usr/sbin makefs -t ffs -B %s -s %s -o version=%c%s%s %s %s >.makefs 2>&1",
	    ffs_format + 4, size, ffs_format[3], *options ? "," : "", options, image, tree);
	if ((kept = kept_image(command)) != NULL && copy_host_file(kept, image))
		return;
	if (system(command) != 0)
		check_fail(__FILE__, __LINE__, "failed: %s", command);
	if (kept != NULL)
		HOLDS(copy_host_file(image, kept));
}

static inline void
make_image(const char *image, const char *size, const char *options)
{
	HOLDS(mkdir("empty-tree", 0755) == 0 || access("empty-tree", F_OK) == 0);
	make_image_of(image, size, options, "empty-tree");
}

static inline int
try_mount(const char *device, const char *path, int flags)
{
	struct rump_netbsd_ufs_args arguments = { .fspec = (char *)device };

	return rump_sys_mount("ffs", path, flags, &arguments, sizeof arguments);
}

static inline void
attach(const char *device, const char *image)
{
	EQUAL(rump_pub_etfs_register(device, image, RUMP_ETFS_BLK), 0);
}

/* Boots and makes the image known and a directory to mount it at. */
static inline void
boot_with_device(const char *image)
{
	boot();
	attach(DEVICE, image);
	OK(rump_sys_mkdir("/m", 0755));
}

static inline void
mount_image(int flags)
{
	OK(try_mount(DEVICE, "/m", flags));
	OK(rump_sys_chdir("/m"));
}

static inline void
unmount_image(void)
{
	OK(rump_sys_chdir("/"));
	OK(rump_sys_unmount("/m", 0));
}

static inline void
mount_again(void)
{
	unmount_image();
	mount_image(0);
}

/* Boots, makes an image and mounts it at /m, and goes there. */
static inline void
boot_in_ffs(int count, char **arguments, const char *size, const char *options)
{
	take_format(count, arguments);
	make_image("image.ffs", size, options);
	boot_with_device("image.ffs");
	mount_image(0);
}

/* A repeatable source of numbers (xorshift64*). */
static inline uint64_t
next_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1dULL;
}

/* Bytes that depend on the seed and on where they are. */
static inline void
fill_pattern(unsigned char *buffer, size_t length, uint64_t seed)
{
	uint64_t state = (seed + 1) * 0x9e3779b97f4a7c15ULL;
	uint64_t word = 0;

	for (size_t at = 0; at < length; at++) {
		if (at % 8 == 0)
			word = next_random(&state);
		buffer[at] = (unsigned char)(word >> at % 8 * 8);
	}
}

static inline unsigned char *
pattern(size_t length, uint64_t seed)
{
	unsigned char *buffer = malloc(length + 1);

	fill_pattern(buffer, length, seed);
	return buffer;
}

/* Makes a file of that length with the pattern of that seed. */
static inline void
make_pattern_file(const char *path, size_t length, uint64_t seed)
{
	unsigned char *bytes = pattern(length, seed);

	make_file(path, bytes, length);
	free(bytes);
}

/* The file has that length and the pattern of that seed. */
static inline void
expect_pattern(const char *path, size_t length, uint64_t seed)
{
	unsigned char *bytes = pattern(length, seed), *found = malloc(length + 1);
	int descriptor = OK(rump_sys_open(path, RUMP_O_RDONLY));

	if (descriptor_status(descriptor).st_size != (off_t)length)
		check_fail(__FILE__, __LINE__, "%s: length %lld, expected %zu", path,
		    (long long)descriptor_status(descriptor).st_size, length);
	EQUAL(OK(rump_sys_read(descriptor, found, length + 1)), length);
	if (memcmp(found, bytes, length) != 0)
		check_fail(__FILE__, __LINE__, "%s: other bytes than expected", path);
	OK(rump_sys_close(descriptor));
	free(bytes);
	free(found);
}

/* Calls for each entry of a directory but the dots; returns how many there are. */
static inline int
each_name(const char *path, void (*see)(const struct rump_netbsd_dirent *, void *), void *argument)
{
	static __thread char buffer[16384];
	int descriptor = OK(rump_sys_open(path, RUMP_O_RDONLY));
	int count = 0, length;

	while ((length = OK(rump_sys_getdents(descriptor, buffer, sizeof buffer))) > 0) {
		for (int at = 0; at < length;) {
			const struct rump_netbsd_dirent *entry = (const void *)&buffer[at];

			at += entry->d_reclen;
			if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
				continue;
			count++;
			if (see != NULL)
				see(entry, argument);
		}
	}
	OK(rump_sys_close(descriptor));
	return count;
}

static inline struct rump_netbsd_statvfs
space_of(const char *path)
{
	struct rump_netbsd_statvfs space;

	OK(rump_sys_statvfs1(path, (struct statvfs *)&space, RUMP_MNT_WAIT));
	return space;
}

/* Reads a file of the host into memory. */
static inline unsigned char *
read_host_file(const char *path, size_t *length)
{
	int descriptor = open(path, O_RDONLY);
	struct stat status;
	unsigned char *bytes;

	HOLDS(descriptor >= 0 && fstat(descriptor, &status) == 0);
	*length = (size_t)status.st_size;
	bytes = malloc(*length + 1);
	HOLDS(read(descriptor, bytes, *length) == status.st_size);
	close(descriptor);
	return bytes;
}

/* An image of the host, opened to look at its structures and to damage them. */
struct raw_image {
	int descriptor;
	off_t superblock;
	uint32_t block_size, fragment_size, inode_size, pointer_size;
};

static inline uint64_t
decode_number(const unsigned char *bytes, int size)
{
	uint64_t value = 0;

	for (int index = 0; index < size; index++)
		value = value << 8 | bytes[is_big_endian() ? index : size - 1 - index];
	return value;
}

static inline uint64_t
raw_number(const struct raw_image *image, off_t at, int size)
{
	unsigned char bytes[8];

	HOLDS(pread(image->descriptor, bytes, (size_t)size, at) == size);
	return decode_number(bytes, size);
}

static inline void
put_raw_number(const struct raw_image *image, off_t at, int size, uint64_t value)
{
	unsigned char bytes[8];

	for (int index = 0; index < size; index++)
		bytes[is_big_endian() ? size - 1 - index : index] = (unsigned char)(value >> 8 * index);
	HOLDS(pwrite(image->descriptor, bytes, (size_t)size, at) == size);
}

/* A 32-bit field of the superblock. */
static inline uint64_t
superblock_field(const struct raw_image *image, int at)
{
	return raw_number(image, image->superblock + at, 4);
}

static inline struct raw_image
open_raw(const char *path)
{
	struct raw_image image = { .descriptor = open(path, O_RDWR), .superblock = 8192 };

	HOLDS(image.descriptor >= 0);
	EQUAL(superblock_field(&image, 1372), is_ufs2() ? 0x19540119 : 0x11954);
	image.block_size = (uint32_t)superblock_field(&image, 48);
	image.fragment_size = (uint32_t)superblock_field(&image, 52);
	image.inode_size = is_ufs2() ? 256 : 128;
	image.pointer_size = is_ufs2() ? 8 : 4;
	return image;
}

/* The byte where a cylinder group's block lies that many fragments into its metadata. */
static inline off_t
group_place(const struct raw_image *image, uint64_t group, int field)
{
	uint64_t start = group * superblock_field(image, 188);

	if (!is_ufs2())
		start += superblock_field(image, 24) * (group & ~superblock_field(image, 28) & 0xffffffff);
	return (off_t)(start + superblock_field(image, field)) * image->fragment_size;
}

/* The byte where an inode lies. */
static inline off_t
inode_place(const struct raw_image *image, uint64_t number)
{
	uint64_t per_group = superblock_field(image, 184);

	return group_place(image, number / per_group, 16) + (off_t)(number % per_group) * image->inode_size;
}

/* The byte where an inode keeps its pointers: 12 direct ones, 3 indirect ones. */
static inline off_t
pointer_place(const struct raw_image *image, uint64_t inode, int index)
{
	return inode_place(image, inode) + (is_ufs2() ? 112 : 40) + index * (off_t)image->pointer_size;
}

static inline uint64_t
pointer_of(const struct raw_image *image, uint64_t inode, int index)
{
	return raw_number(image, pointer_place(image, inode, index), (int)image->pointer_size);
}

static inline off_t
size_place(const struct raw_image *image, uint64_t inode)
{
	return inode_place(image, inode) + (is_ufs2() ? 16 : 8);
}

#endif /* TESTS_FFS_H_ */
