/* What the tests of extended attributes on FFS share: the files that hold them, byte by byte, and extattrctl(2). */

#ifndef TESTS_BACKING_FILE_H_
#define TESTS_BACKING_FILE_H_

#include "ffs.h"

enum { USER = 1, SYSTEM };
enum { ATTRIBUTES_START = 1, ATTRIBUTES_STOP, ATTRIBUTE_ENABLE, ATTRIBUTE_DISABLE };
enum { FILE_HEADER = 12, SLOT_HEADER = 12 };

/* The order of the numbers of a backing file, which need not be the file system's. */
enum order { LITTLE, BIG };

static inline void
put_number(unsigned char *at, enum order order, uint32_t value)
{
	for (int index = 0; index < 4; index++)
		at[order == BIG ? 3 - index : index] = (unsigned char)(value >> 8 * index);
}

static inline void
make_directories(void)
{
	OK(rump_sys_mkdir("/m/.attribute", 0755));
	OK(rump_sys_mkdir("/m/.attribute/user", 0755));
	OK(rump_sys_mkdir("/m/.attribute/system", 0700));
}

/* A file with a header and no slots, of that many bytes. */
static inline void
make_header(const char *path, enum order order, uint32_t magic, uint32_t version, uint32_t size, size_t length)
{
	unsigned char header[FILE_HEADER];
	int file = OK(rump_sys_open(path, RUMP_O_CREAT | RUMP_O_TRUNC | RUMP_O_WRONLY, 0600));

	put_number(header, order, magic);
	put_number(header + 4, order, version);
	put_number(header + 8, order, size);
	EQUAL(rump_sys_write(file, header, length), length);
	OK(rump_sys_close(file));
}

static inline void
make_backing_file(const char *path, enum order order, uint32_t size)
{
	make_header(path, order, 0x00b5d5ec, 3, size, FILE_HEADER);
}

static inline off_t
slot_place(const char *owner, uint32_t size)
{
	return FILE_HEADER + (off_t)status_of(owner).st_ino * (SLOT_HEADER + (off_t)size);
}

static inline uint32_t
generation_of(const char *path)
{
	return status_of(path).st_gen;
}

/* Writes a slot behind the kernel's back. */
static inline void
put_slot(const char *backing, enum order order, uint32_t size, const char *owner, uint32_t flags, uint32_t length,
    uint32_t generation)
{
	unsigned char header[SLOT_HEADER];
	int file = OK(rump_sys_open(backing, RUMP_O_WRONLY));

	put_number(header, order, flags);
	put_number(header + 4, order, length);
	put_number(header + 8, order, generation);
	EQUAL(rump_sys_pwrite(file, header, SLOT_HEADER, slot_place(owner, size)), SLOT_HEADER);
	OK(rump_sys_close(file));
}

/* The slot of a file is in use and holds the value, to the last byte. */
static inline void
expect_slot(const char *backing, enum order order, uint32_t size, const char *owner, const void *value, size_t length)
{
	unsigned char expected[SLOT_HEADER], *found = malloc(SLOT_HEADER + length);
	int file = OK(rump_sys_open(backing, RUMP_O_RDONLY));

	put_number(expected, order, 1);
	put_number(expected + 4, order, (uint32_t)length);
	put_number(expected + 8, order, generation_of(owner));
	EQUAL(rump_sys_pread(file, found, SLOT_HEADER + length, slot_place(owner, size)), SLOT_HEADER + length);
	SAME(found, expected, SLOT_HEADER);
	SAME(found + SLOT_HEADER, value, length);
	OK(rump_sys_close(file));
	free(found);
}

/* The slot of a file says that it is not in use. */
static inline void
expect_free_slot(const char *backing, off_t place)
{
	unsigned char found[8];
	int file = OK(rump_sys_open(backing, RUMP_O_RDONLY));

	EQUAL(rump_sys_pread(file, found, sizeof found, place), sizeof found);
	ALL(found, 0, sizeof found);
	OK(rump_sys_close(file));
}

static inline int
start_attributes(void)
{
	return rump_sys_extattrctl("/m", ATTRIBUTES_START, NULL, 0, NULL);
}

static inline int
stop_attributes(void)
{
	return rump_sys_extattrctl("/m", ATTRIBUTES_STOP, NULL, 0, NULL);
}

static inline int
set_attribute(const char *path, int space, const char *name, const char *value)
{
	return rump_sys_extattr_set_file(path, space, name, value, strlen(value));
}

static inline void
expect_attribute(const char *path, int space, const char *name, const void *value, size_t length)
{
	char *found = malloc(length + 1);

	EQUAL(OK(rump_sys_extattr_get_file(path, space, name, NULL, 0)), length);
	EQUAL(OK(rump_sys_extattr_get_file(path, space, name, found, length + 1)), length);
	SAME(found, value, length);
	free(found);
}

static inline void
expect_text(const char *path, int space, const char *name, const char *value)
{
	expect_attribute(path, space, name, value, strlen(value));
}

static inline void
expect_names(const char *path, int space, const char *names, size_t length)
{
	char found[2000];

	EQUAL(OK(rump_sys_extattr_list_file(path, space, NULL, 0)), length);
	EQUAL(OK(rump_sys_extattr_list_file(path, space, found, sizeof found)), length);
	SAME(found, names, length);
}

#endif
