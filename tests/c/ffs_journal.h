/*
 * What the tests of the write-ahead log share: an image that was in use when its machine stopped, made of two states of one
 * file system. What differs between them lies in the log, after the file system's last block.
 */

#ifndef TESTS_FFS_JOURNAL_H_
#define TESTS_FFS_JOURNAL_H_

#include "ffs.h"

enum {
	IMAGE_SIZE = 16 << 20,
	LOG_SIZE = 6 << 20,
	UNIT = 512,
	LOG_START = LOG_SIZE - (64 << 10),
	/* Records of the log (sys/wapbl_replay.h). */
	WAPBL_WC_HEADER = 0x5741424c,
	WAPBL_WC_INODES,
	WAPBL_WC_REVOCATIONS,
	WAPBL_WC_BLOCKS,
	ENTRIES = (UNIT - 16) / 16,
	/* Where fields lie in the superblock. */
	AT_CLEAN = 209,
	AT_JOURNAL_VERSION = 864,
	AT_JOURNAL_LOCATION = 865,
	AT_JOURNALLOCS = 872,
	AT_FLAGS = 1312,
	AT_MAGIC = 1372,
	FS_WASCLEAN = 2,
	FS_DOWAPBL = 0x100,
};

struct log {
	unsigned char bytes[LOG_SIZE];
	bool big_endian;
	/* In bytes from the start of the log. */
	size_t tail, head;
};

static inline void
put(unsigned char *at, uint64_t value, size_t length, bool big_endian)
{
	for (size_t index = 0; index < length; index++)
		at[big_endian ? length - 1 - index : index] = (unsigned char)(value >> 8 * index);
}

static inline unsigned char *
load(const char *name, size_t length)
{
	unsigned char *bytes = calloc(1, length);
	FILE *file = fopen(name, "rb");

	HOLDS(file != NULL && fread(bytes, 1, IMAGE_SIZE, file) == IMAGE_SIZE);
	fclose(file);
	return bytes;
}

static inline void
store(const char *name, const unsigned char *bytes, size_t length)
{
	FILE *file = fopen(name, "wb");

	HOLDS(file != NULL && fwrite(bytes, 1, length, file) == length);
	HOLDS(fclose(file) == 0);
}

static inline unsigned char *
superblock_of(unsigned char *image)
{
	static const size_t places[] = { 65536, 8192 };

	for (size_t index = 0; index < 2; index++) {
		uint32_t magic;

		memcpy(&magic, image + places[index] + AT_MAGIC, 4);
		if (is_big_endian())
			magic = __builtin_bswap32(magic);
		if (magic == 0x00011954 || magic == 0x19540119)
			return image + places[index];
	}
	check_fail(__FILE__, __LINE__, "no superblock");
}

/* Says in the superblock that a log is in use, and where. */
static inline void
mark_in_use(unsigned char *image)
{
	unsigned char *superblock = superblock_of(image);

	superblock[AT_CLEAN] = FS_WASCLEAN;
	superblock[AT_JOURNAL_VERSION] = 1;
	superblock[AT_JOURNAL_LOCATION] = 1;
	put(superblock + AT_FLAGS, FS_DOWAPBL, 4, is_big_endian());
	put(superblock + AT_JOURNALLOCS, IMAGE_SIZE / UNIT, 8, is_big_endian());
	put(superblock + AT_JOURNALLOCS + 8, LOG_SIZE / UNIT, 8, is_big_endian());
	put(superblock + AT_JOURNALLOCS + 16, UNIT, 8, is_big_endian());
	put(superblock + AT_JOURNALLOCS + 24, 0, 8, is_big_endian());
}

/* The next free place, round and round behind the two headers. */
static inline unsigned char *
take_unit(struct log *log)
{
	unsigned char *place = log->bytes + log->head;

	log->head += UNIT;
	if (log->head == LOG_SIZE)
		log->head = 2 * UNIT;
	HOLDS(log->head != log->tail);
	return place;
}

/* A log that begins there, so that it goes past its end. */
static inline struct log *
new_log(size_t tail, bool big_endian)
{
	struct log *log = calloc(1, sizeof *log);

	log->big_endian = big_endian;
	log->tail = log->head = tail;
	return log;
}

static inline void
log_list(struct log *log, uint32_t type, const uint64_t *units, int count, const unsigned char *image)
{
	unsigned char *record = take_unit(log);
	bool big = log->big_endian;

	put(record, type, 4, big);
	put(record + 4, (uint64_t)UNIT * (image == NULL ? 1 : 1 + count), 4, big);
	put(record + 8, (uint64_t)count, 4, big);
	for (int index = 0; index < count; index++) {
		put(record + 16 + 16 * index, units[index], 8, big);
		put(record + 16 + 16 * index + 12, UNIT, 4, big);
	}
	for (int index = 0; image != NULL && index < count; index++)
		memcpy(take_unit(log), image + units[index] * UNIT, UNIT);
}

static inline void
log_inodes(struct log *log, const uint32_t *numbers, int count, bool clear)
{
	unsigned char *record = take_unit(log);
	bool big = log->big_endian;

	put(record, WAPBL_WC_INODES, 4, big);
	put(record + 4, UNIT, 4, big);
	put(record + 8, (uint64_t)count, 4, big);
	put(record + 12, clear, 4, big);
	for (int index = 0; index < count; index++) {
		put(record + 16 + 8 * index, numbers[index], 4, big);
		put(record + 20 + 8 * index, 0100644, 4, big);
	}
}

/* Both headers: the older one tells of a log that is empty. */
static inline void
finish_log(struct log *log)
{
	for (int index = 0; index < 2; index++) {
		unsigned char *header = log->bytes + index * UNIT;
		bool big = log->big_endian, newer = index == 1;

		put(header, WAPBL_WC_HEADER, 4, big);
		put(header + 4, UNIT, 4, big);
		put(header + 12, newer ? 12 : 11, 4, big);
		put(header + 36, 1, 4, big);
		put(header + 40, 9, 4, big);
		put(header + 44, 9, 4, big);
		put(header + 48, newer ? log->head : 0, 8, big);
		put(header + 56, newer ? log->tail : 0, 8, big);
		put(header + 64, 2 * UNIT, 8, big);
		put(header + 72, LOG_SIZE - 2 * UNIT, 8, big);
	}
}

/*
 * Writes an image of the state `before`, with a log that leads to the state `after`. In it are old versions of some blocks,
 * too, one that is called off again, and inodes without a name.
 */
static inline void
make_logged_image(const char *name, unsigned char *before, unsigned char *after, bool log_is_big_endian,
    const uint32_t *unlinked, int unlinked_count)
{
	struct log *log = new_log(LOG_START, log_is_big_endian);
	unsigned char *image = malloc(IMAGE_SIZE + LOG_SIZE), *junk = malloc(IMAGE_SIZE);
	uint64_t units[ENTRIES], called_off = IMAGE_SIZE / UNIT - 1;
	const uint32_t root = 2;
	int count = 0, records = 0;

	mark_in_use(before);
	mark_in_use(after);
	memset(junk, 0xdb, IMAGE_SIZE);
	log_inodes(log, &root, 1, false);
	log_list(log, WAPBL_WC_BLOCKS, &called_off, 1, junk);
	for (int pass = 0; pass < 2; pass++) {
		for (uint64_t unit = 0; unit < IMAGE_SIZE / UNIT; unit++) {
			if (memcmp(before + unit * UNIT, after + unit * UNIT, UNIT) != 0)
				units[count++] = unit;
			if (count == ENTRIES || (count > 0 && unit == IMAGE_SIZE / UNIT - 1)) {
				log_list(log, WAPBL_WC_BLOCKS, units, count, pass == 0 ? junk : after);
				count = 0;
				if (++records == 5 && pass == 0)
					break;
			}
		}
		count = 0;
	}
	HOLDS(records > 20);
	HOLDS(log->head < log->tail);
	log_list(log, WAPBL_WC_REVOCATIONS, &called_off, 1, NULL);
	log_inodes(log, unlinked, unlinked_count, true);
	finish_log(log);
	memcpy(image, before, IMAGE_SIZE);
	memcpy(image + IMAGE_SIZE, log->bytes, LOG_SIZE);
	store(name, image, IMAGE_SIZE + LOG_SIZE);
	free(image);
	free(junk);
	free(log);
}

/* Leaves the two states, and says which inode has lost its name though somebody uses it. Boots. */
static inline uint32_t
make_states(unsigned char **before, unsigned char **after)
{
	char path[64];
	uint32_t unlinked;

	make_image("image.ffs", "16m", "density=8192");
	boot_with_device("image.ffs");
	mount_image(0);
	for (int number = 0; number < 40; number++) {
		snprintf(path, sizeof path, "old%d", number);
		make_pattern_file(path, 1000 + 3000 * (size_t)number, (uint64_t)number);
	}
	unmount_image();
	*before = load("image.ffs", IMAGE_SIZE);
	mount_image(0);
	OK(rump_sys_mkdir("made", 0755));
	for (int number = 0; number < 20; number++) {
		snprintf(path, sizeof path, "old%d", number);
		OK(rump_sys_unlink(path));
		snprintf(path, sizeof path, "made/new%d", number);
		make_pattern_file(path, 20000 + 5000 * (size_t)number, 100 + (uint64_t)number);
	}
	OK(rump_sys_rename("old39", "made/moved"));
	make_pattern_file("in-use", 300000, 7);
	int file = OK(rump_sys_open("in-use", RUMP_O_RDONLY));
	unlinked = (uint32_t)descriptor_status(file).st_ino;
	OK(rump_sys_unlink("in-use"));
	rump_sys_sync();
	*after = load("image.ffs", IMAGE_SIZE);
	OK(rump_sys_close(file));
	unmount_image();
	return unlinked;
}

/* /m shows the later state. */
static inline void
expect_later_state(void)
{
	char path[64];

	for (int number = 0; number < 20; number++) {
		snprintf(path, sizeof path, "/m/old%d", number);
		HOLDS(!exists(path));
		snprintf(path, sizeof path, "/m/made/new%d", number);
		expect_pattern(path, 20000 + 5000 * (size_t)number, 100 + (uint64_t)number);
	}
	for (int number = 20; number < 39; number++) {
		snprintf(path, sizeof path, "/m/old%d", number);
		expect_pattern(path, 1000 + 3000 * (size_t)number, (uint64_t)number);
	}
	HOLDS(!exists("/m/old39"));
	expect_pattern("/m/made/moved", 1000 + 3000 * 39, 39);
}

#endif
