/* needs: fs_tmpfs dev_vnd dev_disk dev vfs */
/* Compressed files as disks: what is in them, that they are read-only, and files that are damaged. */
#include <arpa/inet.h>

#include "disk.h"

enum { BLOCK = 4096, BLOCKS = 9, PLAIN = 8 * BLOCK + 1000, VND_COMPRESSED = 0x400, HEADER = 136 };

static const char MAKER[] =
    "python3 - <<'END'\n"
    "import random, struct, zlib\n"
    "random.seed(5)\n"
    "block, size = 4096, 8 * 4096 + 1000\n"
    "plain = random.randbytes(block) + b'words and words ' * (size // 16)\n"
    "plain = plain[:size]\n"
    "streams = [zlib.compress(plain[at:at + block], 1 + at // block) for at in range(0, size, block)]\n"
    "place = 136 + 8 * (len(streams) + 1)\n"
    "offsets = [place]\n"
    "for stream in streams: offsets.append(offsets[-1] + len(stream))\n"
    "head = b'#!/bin/sh\\n'.ljust(128, b'\\0') + struct.pack('>II', block, len(streams))\n"
    "open('plain', 'wb').write(plain)\n"
    "open('compressed', 'wb').write(head + b''.join(struct.pack('>Q', o) for o in offsets) + b''.join(streams))\n"
    "small, large = zlib.compress(bytes(block - 1)), zlib.compress(bytes(1 << 20))\n"
    "open('small', 'wb').write(small); open('large', 'wb').write(large)\n"
    "END\n";

static unsigned char *good;
static size_t size;
static int raw;

static void
set_word(unsigned char *bytes, size_t at, uint32_t value)
{
	value = htonl(value);
	memcpy(bytes + at, &value, sizeof value);
}

static void
set_offset(unsigned char *bytes, unsigned block, uint64_t value)
{
	set_word(bytes, HEADER + 8 * block, (uint32_t)(value >> 32));
	set_word(bytes, HEADER + 8 * block + 4, (uint32_t)value);
}

static uint64_t
offset_of(const unsigned char *bytes, unsigned block)
{
	uint64_t value = 0;

	for (int i = 0; i < 8; i++)
		value = value << 8 | bytes[HEADER + 8 * block + i];
	return value;
}

static int
configure(const unsigned char *bytes, size_t length)
{
	struct vnd_request request = { .file = "/image", .flags = VND_COMPRESSED };

	make_file("/image", bytes, length);
	return rump_sys_ioctl(raw, N_VNDIOCSET, &request);
}

static void
clear(void)
{
	struct vnd_request request = { .flags = 0 };

	OK(rump_sys_ioctl(raw, N_VNDIOCCLR, &request));
}

static unsigned char *
copy(void)
{
	unsigned char *bytes = malloc(size + (1 << 21));

	HOLDS(bytes != NULL);
	memcpy(bytes, good, size);
	return bytes;
}

static void
invalid(unsigned char *bytes, size_t length)
{
	FAILS(configure(bytes, length), RUMP_EINVAL);
	free(bytes);
}

/* Block `block` gives an error; the second before it, which has no offset in common with it, does not. */
static void
unreadable(unsigned char *bytes, size_t length, unsigned block)
{
	char found[BLOCK];

	OK(configure(bytes, length));
	FAILS(rump_sys_pread(raw, found, BLOCK, (off_t)block * BLOCK), RUMP_EIO);
	FAILS(rump_sys_pread(raw, found, SECTOR, (off_t)block * BLOCK), RUMP_EIO);
	if (block > 1)
		EQUAL(OK(rump_sys_pread(raw, found, BLOCK, (off_t)(block - 2) * BLOCK)), BLOCK);
	clear();
	free(bytes);
}

static void
damaged_heads(void)
{
	unsigned char *bytes;
	static const uint32_t sizes[] = { 0, 1, 256, 4095, 131072, 0x80000000, 0xffffffff };

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		set_word(bytes = copy(), 128, sizes[i]);
		invalid(bytes, size);
	}
	static const uint32_t counts[] = { 0, 0xffffffff, 0x20000000 };
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		set_word(bytes = copy(), 132, counts[i]);
		invalid(bytes, size);
	}
	for (size_t length = 0; length < HEADER + 8 * (BLOCKS + 1); length += 15)
		invalid(copy(), length);
}

static void
damaged_blocks(const unsigned char *small, size_t small_size, const unsigned char *large, size_t large_size)
{
	unsigned char *bytes;

	set_offset(bytes = copy(), 3, offset_of(good, 4) + 1);
	unreadable(bytes, size, 3);
	set_offset(bytes = copy(), 3, 0);
	unreadable(bytes, size, 3);
	set_offset(bytes = copy(), 3, UINT64_MAX);
	unreadable(bytes, size, 3);
	set_offset(bytes = copy(), 3, UINT64_MAX - 10);
	set_offset(bytes, 4, UINT64_MAX);
	unreadable(bytes, size, 3);
	set_offset(bytes = copy(), 4, offset_of(good, 3));
	unreadable(bytes, size, 3);
	set_offset(bytes = copy(), BLOCKS, size + 1);
	unreadable(bytes, size, BLOCKS - 1);
	set_offset(bytes = copy(), 3, size - 20);
	set_offset(bytes, 4, (uint64_t)1 << 40);
	unreadable(bytes, size, 3);
	unreadable(copy(), size - 1, BLOCKS - 1);
	unreadable(copy(), HEADER + 8 * (BLOCKS + 1), 0);

	/* Every byte of a stream counts: its checksum is the last. */
	for (uint64_t at = offset_of(good, 2); at < offset_of(good, 3); at++) {
		bytes = copy();
		bytes[at] ^= 0x55;
		unreadable(bytes, size, 2);
	}
	/* Too little, and too much. */
	memcpy((bytes = copy()) + size, small, small_size);
	set_offset(bytes, 4, size);
	set_offset(bytes, 5, size + small_size);
	unreadable(bytes, size + small_size, 4);
	memcpy((bytes = copy()) + size, large, large_size);
	set_offset(bytes, 4, size);
	set_offset(bytes, 5, size + large_size);
	unreadable(bytes, size + large_size, 4);
}

int
main(void)
{
	struct vnd_request request = { .file = "/image", .flags = VND_COMPRESSED };
	static unsigned char found[BLOCKS * BLOCK];
	size_t plain_size, small_size, large_size;

	HOLDS(chdir(kept_files()) == 0);
	if (access("large", F_OK) == -1)
		EQUAL(system(MAKER), 0);
	good = host_bytes("compressed", &size);
	unsigned char *plain = host_bytes("plain", &plain_size);
	EQUAL(plain_size, PLAIN);
	unsigned char *small = host_bytes("small", &small_size), *large = host_bytes("large", &large_size);
	boot();
	raw = open_disk("/dev/rvnd0d");
	make_file("/image", good, size);
	OK(rump_sys_chmod("/image", 0444));
	OK(rump_sys_ioctl(raw, N_VNDIOCSET, &request));
	EQUAL(request.size, BLOCKS * BLOCK);
	EQUAL(media_size(raw), BLOCKS * BLOCK);
	EQUAL(OK(rump_sys_pread(raw, found, sizeof found, 0)), sizeof found);
	SAME(found, plain, PLAIN);
	ALL(found + PLAIN, 0, sizeof found - PLAIN);
	FAILS(rump_sys_pwrite(raw, found, SECTOR, 0), RUMP_EROFS);

	/* In pieces, back and forth. */
	int block = OK(rump_sys_open("/dev/vnd0d", RUMP_O_RDONLY));
	uint32_t seed = 7;
	for (int i = 0; i < 2000; i++) {
		seed = seed * 1664525 + 1013904223;
		size_t at = seed / 3 % (PLAIN - 1), length = 1 + (seed >> 8) % 9000;
		if (length > PLAIN - at)
			length = PLAIN - at;
		EQUAL(OK(rump_sys_pread(block, found, length, (off_t)at)), length);
		SAME(found, plain + at, length);
	}
	struct rump_netbsd_stat status = status_of("/image");
	struct vnd_user user = { .unit = -1 };
	OK(rump_sys_ioctl(block, N_VNDIOCGET, &user));
	EQUAL(user.number, status.st_ino);
	OK(rump_sys_close(block));
	clear();
	OK(rump_sys_unlink("/image"));

	damaged_heads();
	damaged_blocks(small, small_size, large, large_size);
	return 0;
}
