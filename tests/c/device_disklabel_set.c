/* needs: fs_tmpfs dev_vnd dev_disk dev vfs */
/* Disklabels: the one that is made up, setting one in memory and on the disk, and partitions that follow it. */
#include "disk.h"

enum { SIZE = 4 << 20, SECTORS = SIZE / SECTOR };

static int raw;

static struct disk_label
current(void)
{
	struct disk_label label;

	OK(rump_sys_ioctl(raw, N_DIOCGDINFO, &label));
	return label;
}

static void
again(void)
{
	unconfigure_file("/dev/rvnd0d", 0);
	configure_file("/dev/rvnd0d", "/file", 0);
}

static void
made_up(void)
{
	struct disk_label label = current(), other;

	EQUAL(label.magic, (uint32_t)LABEL_MAGIC);
	EQUAL(label.magic2, (uint32_t)LABEL_MAGIC);
	EQUAL(label.type, 12);
	EQUAL(strcmp(label.type_name, "vnd"), 0);
	EQUAL(strcmp(label.pack_name, "fictitious"), 0);
	EQUAL(label.sector_size, SECTOR);
	EQUAL(label.sectors_per_track, 32);
	EQUAL(label.tracks, 64);
	EQUAL(label.cylinders, SECTORS / 2048);
	EQUAL(label.sectors_per_cylinder, 2048);
	EQUAL(label.sectors, SECTORS);
	EQUAL(label.rotations, 3600);
	EQUAL(label.interleave, 1);
	EQUAL(label.partitions, 4);
	EQUAL(label.partition[0].size, SECTORS);
	EQUAL(label.partition[0].type, FS_FFS_TYPE);
	EQUAL(label.partition[1].size, 0);
	EQUAL(label.partition[RAW].size, SECTORS);
	EQUAL(label.partition[RAW].type, FS_UNUSED_TYPE);
	other = label;
	seal_label(&other);
	EQUAL(other.checksum, label.checksum);
	OK(rump_sys_ioctl(raw, N_DIOCGDEFLABEL, &other));
	EQUAL(other.sectors, SECTORS);
	EQUAL(other.partition[0].size, 0);
	FAILS(rump_sys_ioctl(raw, N_DIOCGDINFO, NULL), RUMP_EFAULT);
}

static void
refused(struct disk_label label, bool sealed)
{
	if (sealed)
		seal_label(&label);
	FAILS(rump_sys_ioctl(raw, N_DIOCSDINFO, &label), RUMP_EINVAL);
	FAILS(rump_sys_ioctl(raw, N_DIOCWDINFO, &label), RUMP_EINVAL);
}

static void
refusals(void)
{
	struct disk_label label = current();
	int reader = OK(rump_sys_open("/dev/rvnd0d", RUMP_O_RDONLY)), on = 1;

	FAILS(rump_sys_ioctl(reader, N_DIOCSDINFO, &label), RUMP_EBADF);
	FAILS(rump_sys_ioctl(reader, N_DIOCWDINFO, &label), RUMP_EBADF);
	FAILS(rump_sys_ioctl(reader, N_DIOCWLABEL, &on), RUMP_EBADF);
	FAILS(rump_sys_ioctl(reader, N_DIOCKLABEL, &on), RUMP_EBADF);
	OK(rump_sys_close(reader));
	label.checksum ^= 1;
	refused(label, false);
	label = current();
	label.magic++;
	refused(label, true);
	label = current();
	label.magic2++;
	refused(label, true);
	label = current();
	label.sectors_per_cylinder = 0;
	refused(label, true);
	for (unsigned size = 0; size < 1024; size += 100) {
		label = current();
		label.sector_size = size;
		refused(label, true);
	}
	label = current();
	label.partitions = 17;
	label.checksum = 0;
	refused(label, false);
	label.partitions = 65535;
	refused(label, false);
}

/* Partition e in the middle, partition f past the end. */
static struct disk_label
with_partitions(void)
{
	struct disk_label label = current();

	label.partitions = 7;
	label.partition[4] = (struct label_partition) { .offset = 1000, .size = 64, .type = FS_FFS_TYPE };
	label.partition[5] = (struct label_partition) { .offset = SECTORS - 10, .size = 1000, .type = FS_FFS_TYPE };
	label.partition[6] = (struct label_partition) { .offset = 0xffffffff, .size = 0xffffffff, .type = FS_FFS_TYPE };
	seal_label(&label);
	return label;
}

static void
in_memory(void)
{
	struct disk_label label = with_partitions();
	static unsigned char bytes[70 * SECTOR], found[70 * SECTOR];

	FAILS(rump_sys_open("/dev/vnd0e", RUMP_O_RDWR), RUMP_ENXIO);
	OK(rump_sys_ioctl(raw, N_DIOCSDINFO, &label));
	int e = open_disk("/dev/rvnd0e"), f = open_disk("/dev/vnd0f"), g = open_disk("/dev/vnd0g");
	pseudo_random(bytes, sizeof bytes, 3);
	EQUAL(OK(rump_sys_pwrite(e, bytes, 64 * SECTOR, 0)), 64 * SECTOR);
	FAILS(rump_sys_pwrite(e, bytes, SECTOR, 64 * SECTOR), RUMP_ENOSPC);
	EQUAL(OK(rump_sys_pread(e, found, sizeof found, 0)), 64 * SECTOR);
	EQUAL(OK(rump_sys_pread(raw, found, 64 * SECTOR, 1000 * SECTOR)), 64 * SECTOR);
	SAME(found, bytes, 64 * SECTOR);
	EQUAL(OK(rump_sys_lseek(f, 0, SEEK_END)), 10 * SECTOR);
	EQUAL(OK(rump_sys_pwrite(f, bytes, sizeof bytes, 0)), 10 * SECTOR);
	EQUAL(OK(rump_sys_pread(raw, found, sizeof found, SIZE - 10 * SECTOR)), 10 * SECTOR);
	SAME(found, bytes, 10 * SECTOR);
	EQUAL(OK(rump_sys_pread(g, found, sizeof found, 0)), 0);
	EQUAL(media_size(e), SIZE);
	OK(rump_sys_close(e));
	OK(rump_sys_close(f));
	OK(rump_sys_close(g));
	again();
	FAILS(rump_sys_open("/dev/vnd0e", RUMP_O_RDWR), RUMP_ENXIO);
}

static void
on_disk(void)
{
	struct disk_label label = with_partitions(), found;
	unsigned char sector[SECTOR];
	int on = 1, off = 0;

	OK(rump_sys_ioctl(raw, N_DIOCWDINFO, &label));
	EQUAL(OK(rump_sys_pread(raw, sector, SECTOR, SECTOR)), SECTOR);
	SAME(sector, &label, 404);
	again();
	found = current();
	SAME(&found, &label, 404);
	int a = open_disk("/dev/vnd0a");
	FAILS(rump_sys_pwrite(a, sector, SECTOR, SECTOR), RUMP_EROFS);
	FAILS(rump_sys_pwrite(a, sector, 1, SECTOR + 511), RUMP_EROFS);
	EQUAL(OK(rump_sys_pwrite(a, sector, SECTOR, 2 * SECTOR)), SECTOR);
	OK(rump_sys_ioctl(raw, N_DIOCWLABEL, &on));
	EQUAL(OK(rump_sys_pwrite(a, sector, SECTOR, SECTOR)), SECTOR);
	OK(rump_sys_ioctl(raw, N_DIOCWLABEL, &off));
	FAILS(rump_sys_pwrite(a, sector, SECTOR, SECTOR), RUMP_EROFS);
	OK(rump_sys_close(a));
}

/* A label of a machine with the other byte order. */
static void
foreign(void)
{
	static unsigned char sectors[3 * SECTOR];
	struct disk_label label = with_partitions(), found;
	unsigned char *bytes = sectors + 128;

	memcpy(bytes, &label, 404);
	for (int at = 0; at < 404; ) {
		int width = at < 4 ? 4 : at < 8 ? 2 : at < 40 ? 1 : at < 64 ? 4 : at < 68 ? 2 : at < 72 ? 4 : at < 80 ? 2 :
		    at < 136 ? 4 : at < 140 ? 2 : at < 148 ? 4 : (at - 148) % 16 < 12 ? 4 : (at - 148) % 16 < 14 ? 1 : 2;
		for (int i = 0; i < width / 2; i++) {
			unsigned char byte = bytes[at + i];
			bytes[at + i] = bytes[at + width - 1 - i];
			bytes[at + width - 1 - i] = byte;
		}
		at += width;
	}
	EQUAL(OK(rump_sys_pwrite(raw, sectors, sizeof sectors, 0)), sizeof sectors);
	again();
	found = current();
	SAME(&found, &label, 404);
}

/* A label in the NetBSD partition of a PC's table; other partitions of the table have letters from e on. */
static void
in_pc_table(void)
{
	static unsigned char sectors[3 * SECTOR];
	struct disk_label label;

	memset(sectors, 0, sizeof sectors);
	EQUAL(OK(rump_sys_pwrite(raw, sectors, sizeof sectors, 0)), sizeof sectors);
	memcpy(sectors + 446 + 4, (unsigned char[]) { 0xa9, 0, 0, 0, 63, 0, 0, 0, 0xe8, 3, 0, 0 }, 12);
	memcpy(sectors + 462 + 4, (unsigned char[]) { 0x83, 0, 0, 0, 0xd0, 7, 0, 0, 100, 0, 0, 0 }, 12);
	sectors[510] = 0x55;
	sectors[511] = 0xaa;
	EQUAL(OK(rump_sys_pwrite(raw, sectors, SECTOR, 0)), SECTOR);
	again();
	label = current();
	EQUAL(label.partition[0].size, 0);
	EQUAL(label.partition[2].offset, 63);
	EQUAL(label.partition[2].size, 1000);
	EQUAL(label.partition[4].offset, 63);
	EQUAL(label.partition[4].type, FS_FFS_TYPE);
	EQUAL(label.partition[5].offset, 2000);
	EQUAL(label.partition[5].size, 100);
	EQUAL(label.partition[5].type, 17);
	label.partition[0] = (struct label_partition) { .offset = 100, .size = 200, .type = FS_FFS_TYPE };
	seal_label(&label);
	OK(rump_sys_ioctl(raw, N_DIOCWDINFO, &label));
	EQUAL(OK(rump_sys_pread(raw, sectors, SECTOR, 64 * SECTOR)), SECTOR);
	SAME(sectors, &label, 404);
	EQUAL(OK(rump_sys_pread(raw, sectors, SECTOR, SECTOR)), SECTOR);
	for (int i = 0; i < SECTOR; i++)
		EQUAL(sectors[i], 0);
	again();
	EQUAL(current().partition[0].offset, 100);
}

/* Without DIOCKLABEL, a label in memory goes with the last close. */
static void
kept(void)
{
	struct disk_label label = current();
	int off = 0;

	label.rotations = 7200;
	seal_label(&label);
	OK(rump_sys_ioctl(raw, N_DIOCSDINFO, &label));
	OK(rump_sys_close(raw));
	raw = open_disk("/dev/rvnd0d");
	EQUAL(current().rotations, 7200);
	OK(rump_sys_ioctl(raw, N_DIOCKLABEL, &off));
	OK(rump_sys_close(raw));
	raw = open_disk("/dev/rvnd0d");
	EQUAL(current().rotations, 3600);
}

int
main(void)
{
	boot();
	int file = OK(rump_sys_open("/file", RUMP_O_RDWR | RUMP_O_CREAT, 0644));
	OK(rump_sys_ftruncate(file, SIZE));
	OK(rump_sys_close(file));
	raw = open_disk("/dev/rvnd0d");
	struct disk_label label;
	FAILS(rump_sys_ioctl(raw, N_DIOCGDINFO, &label), RUMP_ENXIO);
	OK(rump_sys_close(raw));
	configure_file("/dev/rvnd0d", "/file", 0);
	raw = open_disk("/dev/rvnd0d");
	made_up();
	refusals();
	in_memory();
	on_disk();
	foreign();
	in_pc_table();
	kept();
	return 0;
}
