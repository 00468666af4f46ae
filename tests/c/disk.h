/* What the tests of disks share: NetBSD's structures and ioctls, and configuring disks. */

#ifndef TESTS_DISK_H_
#define TESTS_DISK_H_

#include <fcntl.h>

#include "check.h"

enum {
	SECTOR = 512,
	MEMORY_OF_KERNEL = 2,		/* MD_KMEM_ALLOCATED */
	MEMORY_OF_PROGRAM = 3,		/* MD_UMEM_SERVER */
	VND_HAS_GEOMETRY = 1,
	VND_READ_ONLY = 2,
	VND_FORCE = 4,
	FS_UNUSED_TYPE = 0,
	FS_FFS_TYPE = 7,
	RAW = 3,
	LABEL_MAGIC = (int)0x82564557,
};

struct memory_disk {
	void *address;
	size_t size;
	int kind;
};

struct vnd_geometry {
	uint32_t sector_size, sectors, tracks, cylinders;
};

struct vnd_request {
	const char *file;
	int flags;
	struct vnd_geometry geometry;
	unsigned old_size;
	uint64_t size;
};

struct vnd_user {
	int unit;
	uint64_t device, number;
};

struct cgd_request {
	const char *disk;
	int flags, unit;
	size_t size;
	const char *algorithm, *iv_method;
	size_t key_length;
	const unsigned char *key;
	size_t block_size;
};

struct cgd_user {
	int unit;
	uint64_t device;
	char algorithm[32];
	size_t block_size;
	int mode, key_length;
};

struct label_partition {
	uint32_t size, offset, fragment_size;
	uint8_t type, fragments;
	uint16_t cylinders;
};

struct disk_label {
	uint32_t magic;
	uint16_t type, subtype;
	char type_name[16];
	union {
		char pack_name[16];
		uint64_t alignment;
	};
	uint32_t sector_size, sectors_per_track, tracks, cylinders, sectors_per_cylinder, sectors;
	uint16_t spares_per_track, spares_per_cylinder;
	uint32_t alternates;
	uint16_t rotations, interleave, track_skew, cylinder_skew;
	uint32_t head_switch, seek, flags, drive_data[5], spare[5], magic2;
	uint16_t checksum, partitions;
	uint32_t boot_size, superblock_size;
	struct label_partition partition[16];
};

struct wedge {
	char device[16];
	uint8_t name[128];
	char parent[16];
	int64_t offset;
	uint64_t size;
	char kind[32];
};

struct wedge_list {
	void *buffer;
	size_t buffer_size;
	unsigned count, copied;
};

_Static_assert(sizeof(struct vnd_request) == 40, "vnd_ioctl");
_Static_assert(sizeof(struct cgd_request) == 64, "cgd_ioctl");
_Static_assert(sizeof(struct cgd_user) == 64, "cgd_user");
_Static_assert(sizeof(struct disk_label) == 408, "disklabel");
_Static_assert(sizeof(struct wedge) == 208, "dkwedge_info");

#define N_MD_GETCONF		_RUMP_IOR('r', 0, struct memory_disk)
#define N_MD_SETCONF		_RUMP_IOW('r', 1, struct memory_disk)
#define N_VNDIOCSET		_RUMP_IOWR('F', 0, struct vnd_request)
#define N_VNDIOCCLR		_RUMP_IOW('F', 1, struct vnd_request)
#define N_VNDIOCGET		_RUMP_IOWR('F', 3, struct vnd_user)
#define N_CGDIOCSET		_RUMP_IOWR('F', 18, struct cgd_request)
#define N_CGDIOCCLR		_RUMP_IOW('F', 19, struct cgd_request)
#define N_CGDIOCGET		_RUMP_IOWR('F', 20, struct cgd_user)
#define N_DIOCGDINFO		_RUMP_IOR('d', 101, struct disk_label)
#define N_DIOCSDINFO		_RUMP_IOW('d', 102, struct disk_label)
#define N_DIOCWDINFO		_RUMP_IOW('d', 103, struct disk_label)
#define N_DIOCWLABEL		_RUMP_IOW('d', 109, int)
#define N_DIOCGDEFLABEL		_RUMP_IOR('d', 114, struct disk_label)
#define N_DIOCCACHESYNC		_RUMP_IOW('d', 118, int)
#define N_DIOCKLABEL		_RUMP_IOW('d', 119, int)
#define N_DIOCAWEDGE		_RUMP_IOWR('d', 121, struct wedge)
#define N_DIOCGWEDGEINFO	_RUMP_IOR('d', 122, struct wedge)
#define N_DIOCDWEDGE		_RUMP_IOW('d', 123, struct wedge)
#define N_DIOCLWEDGES		_RUMP_IOWR('d', 124, struct wedge_list)
#define N_DIOCMWEDGES		_RUMP_IOR('d', 131, int)
#define N_DIOCGMEDIASIZE	_RUMP_IOR('d', 132, int64_t)
#define N_DIOCGSECTORSIZE	_RUMP_IOR('d', 133, unsigned)

static inline int
open_disk(const char *path)
{
	return (int)OK(rump_sys_open(path, RUMP_O_RDWR));
}

/* Gives a memory disk its memory. */
static inline void
configure_memory(const char *raw_node, size_t size)
{
	struct memory_disk request = { .size = size, .kind = MEMORY_OF_KERNEL };
	int disk = open_disk(raw_node);

	OK(rump_sys_ioctl(disk, N_MD_SETCONF, &request));
	OK(rump_sys_close(disk));
}

/* Writes to a disk or file of the kernel from its start on. */
static inline void
fill_disk(const char *node, const void *bytes, size_t size)
{
	int disk = open_disk(node);

	for (size_t done = 0; done < size;) {
		size_t piece = size - done < 65536 ? size - done : 65536;
		ssize_t count = OK(rump_sys_pwrite(disk, (const char *)bytes + done, piece, (off_t)done));
		HOLDS(count > 0);
		done += (size_t)count;
	}
	OK(rump_sys_close(disk));
}

/* The bytes of a file of the host; to be freed. */
static inline void *
host_bytes(const char *path, size_t *size)
{
	struct stat status;
	int file = open(path, O_RDONLY);

	HOLDS(file >= 0 && fstat(file, &status) == 0);
	*size = (size_t)status.st_size;
	void *bytes = malloc(*size);
	HOLDS(bytes != NULL && read(file, bytes, *size) == status.st_size);
	close(file);
	return bytes;
}

/* The same bytes for the same seed, whatever the machine. */
static inline void
pseudo_random(void *into, size_t size, uint32_t seed)
{
	unsigned char *bytes = into;

	for (size_t i = 0; i < size; i++) {
		seed = seed * 1664525 + 1013904223;
		bytes[i] = (unsigned char)(seed >> 24);
	}
}

static inline uint64_t
media_size(int disk)
{
	int64_t size = -1;

	OK(rump_sys_ioctl(disk, N_DIOCGMEDIASIZE, &size));
	return (uint64_t)size;
}

/* Makes a file of the kernel a disk. */
static inline void
configure_file(const char *raw_node, const char *file, int flags)
{
	struct vnd_request request = { .file = file, .flags = flags };
	int disk = open_disk(raw_node);

	OK(rump_sys_ioctl(disk, N_VNDIOCSET, &request));
	OK(rump_sys_close(disk));
}

static inline void
unconfigure_file(const char *raw_node, int flags)
{
	struct vnd_request request = { .flags = flags };
	int disk = open_disk(raw_node);

	OK(rump_sys_ioctl(disk, N_VNDIOCCLR, &request));
	OK(rump_sys_close(disk));
}

/* Makes the checksum of a label right. */
static inline void
seal_label(struct disk_label *label)
{
	const uint16_t *word = (const uint16_t *)label;
	const uint16_t *end = (const uint16_t *)&label->partition[label->partitions];
	uint16_t sum = 0;

	label->checksum = 0;
	while (word < end)
		sum ^= *word++;
	label->checksum = sum;
}

#endif
