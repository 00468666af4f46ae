/* Making the partition tables of PCs: master boot records and GPTs. */

#ifndef TESTS_PARTITION_TABLES_H_
#define TESTS_PARTITION_TABLES_H_

#include <stdint.h>
#include <string.h>

struct gpt_partition {
	uint64_t first, last;
	const char *name;
	/* A word of the type's GUID; 0 is NetBSD FFS. */
	uint32_t kind;
};

/* Makes a sector a record, and sets one of its entries. */
static inline void
put_record(unsigned char *sector, int entry, int kind, uint32_t start, uint32_t size)
{
	unsigned char *at = sector + 446 + 16 * entry;

	at[4] = (unsigned char)kind;
	memcpy(at + 8, &start, 4);
	memcpy(at + 12, &size, 4);
	sector[510] = 0x55;
	sector[511] = 0xaa;
}

static inline uint32_t
crc32_of(const unsigned char *bytes, size_t size)
{
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < size; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

/* Makes the checksum of a header right. */
static inline void
seal_gpt(unsigned char *header)
{
	memset(header + 16, 0, 4);
	uint32_t crc = crc32_of(header, 92);
	memcpy(header + 16, &crc, 4);
}

static inline void
put_gpt_header(unsigned char *header, uint64_t here, uint64_t other, uint64_t table, uint64_t sectors, uint32_t table_crc)
{
	uint32_t numbers[] = { 0x00010000, 92 }, counts[] = { 128, 128, table_crc };
	uint64_t places[] = { here, other, 34, sectors - 34 };

	memset(header, 0, 512);
	memcpy(header, "EFI PART", 8);
	memcpy(header + 8, numbers, sizeof numbers);
	memcpy(header + 24, places, sizeof places);
	memset(header + 56, 0x77, 16);
	memcpy(header + 72, &table, 8);
	memcpy(header + 80, counts, sizeof counts);
	seal_gpt(header);
}

/* Puts a GPT at both ends of an image of so many sectors. */
static inline void
put_gpt(unsigned char *image, uint64_t sectors, const struct gpt_partition *partitions, int count)
{
	static const unsigned char ffs[16] = { 0x5a, 0x8d, 0xf4, 0x49, 0x0e, 0xb1, 0xdc, 0x11,
	    0xb9, 0x9b, 0x00, 0x19, 0xd1, 0x87, 0x96, 0x48 };
	unsigned char *table = image + 2 * 512;

	memset(table, 0, 128 * 128);
	for (int i = 0; i < count; i++) {
		unsigned char *entry = table + 128 * i;
		memcpy(entry, ffs, 16);
		if (partitions[i].kind != 0)
			memcpy(entry, &partitions[i].kind, 4);
		memset(entry + 16, i + 1, 16);
		memcpy(entry + 32, &partitions[i].first, 8);
		memcpy(entry + 40, &partitions[i].last, 8);
		for (int at = 0; at < 36 && partitions[i].name[at] != '\0'; at++)
			entry[56 + 2 * at] = (unsigned char)partitions[i].name[at];
	}
	uint32_t crc = crc32_of(table, 128 * 128);
	put_record(image, 0, 0xee, 1, (uint32_t)sectors - 1);
	put_gpt_header(image + 512, 1, sectors - 1, 2, sectors, crc);
	memcpy(image + (sectors - 33) * 512, table, 128 * 128);
	put_gpt_header(image + (sectors - 1) * 512, sectors - 1, 1, sectors - 33, sectors, crc);
}

#endif
