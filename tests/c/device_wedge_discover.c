/* needs: fs_ffs dev_vnd dev_md dev_disk dev vfs */
/* formats: ufs2le */
/* Wedges from a GPT, a disklabel and a PC's table; an FFS in one of them is mounted. */
#include "disk.h"
#include "ffs.h"
#include "partition_tables.h"

enum { SECTORS = 8192, FIRST = 100 };

static int raw;

static struct wedge
wedge_at(unsigned index, unsigned expected)
{
	struct wedge wedges[16];
	struct wedge_list list = { .buffer = wedges, .buffer_size = sizeof wedges };

	OK(rump_sys_ioctl(raw, N_DIOCLWEDGES, &list));
	EQUAL(list.count, expected);
	EQUAL(list.copied, expected);
	return wedges[index];
}

static void
is(struct wedge wedge, const char *name, int64_t offset, uint64_t size, const char *kind)
{
	if (strcmp((char *)wedge.name, name) != 0)
		check_fail(__FILE__, __LINE__, "expected %s, found %s", name, wedge.name);
	EQUAL(strcmp(wedge.parent, "md0"), 0);
	EQUAL(wedge.offset, offset);
	EQUAL(wedge.size, size);
	if (strcmp(wedge.kind, kind) != 0)
		check_fail(__FILE__, __LINE__, "expected %s, found %s", kind, wedge.kind);
}

static void
delete(const char *device)
{
	struct wedge wedge = { .offset = 0 };

	strcpy(wedge.device, device);
	OK(rump_sys_ioctl(raw, N_DIOCDWEDGE, &wedge));
}

static void
discover(unsigned char *image)
{
	int nothing;

	fill_disk("/dev/rmd0d", image, SECTORS * SECTOR);
	OK(rump_sys_ioctl(raw, N_DIOCMWEDGES, &nothing));
}

static void
gpt(unsigned char *image, size_t size)
{
	struct gpt_partition partitions[] = {
		{ .first = FIRST, .last = FIRST + size / SECTOR - 1, .name = "root" },
		{ .first = 6000, .last = 6099, .name = "root" },
		{ .first = 6100, .last = 6199, .name = "", .kind = 0x49f48d32 },
		{ .first = 6150, .last = 6300, .name = "overlaps" },
		{ .first = 7000, .last = 100000, .name = "past the end" },
		{ .first = 6500, .last = 6400, .name = "backwards" },
		{ .first = 6700, .last = 6700, .name = "one", .kind = 0x12345678 },
	};
	int nothing;

	put_gpt(image, SECTORS, partitions, sizeof partitions / sizeof *partitions);
	discover(image);
	is(wedge_at(0, 4), "root", FIRST, (uint64_t)size / SECTOR, "ffs");
	is(wedge_at(1, 4), "02020202-0202-0202-0202-020202020202", 6000, 100, "ffs");
	is(wedge_at(2, 4), "03030303-0303-0303-0303-030303030303", 6100, 100, "swap");
	is(wedge_at(3, 4), "one", 6700, 1, "");
	OK(rump_sys_ioctl(raw, N_DIOCMWEDGES, &nothing));
	EQUAL(strcmp(wedge_at(0, 4).device, "dk0"), 0);

	OK(try_mount("/dev/dk0", "/mnt", 0));
	int file = OK(rump_sys_open("/mnt/file", RUMP_O_RDWR | RUMP_O_CREAT, 0644));
	EQUAL(OK(rump_sys_write(file, "in a wedge", 10)), 10);
	OK(rump_sys_close(file));
	struct wedge wedge = { .device = "dk0" };
	FAILS(rump_sys_ioctl(raw, N_DIOCDWEDGE, &wedge), RUMP_EBUSY);
	OK(rump_sys_unmount("/mnt", 0));
	for (int i = 0; i < 4; i++)
		delete((char[]) { 'd', 'k', (char)('0' + i), 0 });
	EQUAL(rump_sys_open("/dev/dk0", RUMP_O_RDWR), -1);

	/* The second header serves when the first is damaged; a table that is damaged is an error. */
	image[SECTOR + 20] ^= 1;
	discover(image);
	EQUAL(wedge_at(0, 4).offset, FIRST);
	for (int i = 0; i < 4; i++)
		delete((char[]) { 'd', 'k', (char)('0' + i), 0 });
	image[SECTOR + 20] ^= 1;
	seal_gpt(image + SECTOR);
	image[2 * SECTOR + 40] ^= 1;
	fill_disk("/dev/rmd0d", image, SECTORS * SECTOR);
	FAILS(rump_sys_ioctl(raw, N_DIOCMWEDGES, &nothing), RUMP_EINVAL);
	memset(image, 0, FIRST * SECTOR);
	memset(image + (SECTORS - 34) * SECTOR, 0, 34 * SECTOR);
}

static void
label(unsigned char *image)
{
	struct disk_label label;

	OK(rump_sys_ioctl(raw, N_DIOCGDINFO, &label));
	label.partitions = 6;
	label.partition[0] = (struct label_partition) { .offset = 16, .size = 50, .type = FS_FFS_TYPE };
	label.partition[4] = (struct label_partition) { .offset = 100, .size = 300, .type = 8 };
	label.partition[5] = (struct label_partition) { .offset = 500, .size = 1, .type = 77 };
	seal_label(&label);
	memcpy(image + SECTOR, &label, 404);
	discover(image);
	is(wedge_at(0, 3), "md0a", 16, 50, "ffs");
	is(wedge_at(1, 3), "md0e", 100, 300, "msdos");
	is(wedge_at(2, 3), "md0f", 500, 1, "unknown#77");
	for (int i = 0; i < 3; i++)
		delete((char[]) { 'd', 'k', (char)('0' + i), 0 });
	strcpy(label.pack_name, "mine");
	seal_label(&label);
	memcpy(image + SECTOR, &label, 404);
	discover(image);
	is(wedge_at(0, 3), "mine/a", 16, 50, "ffs");
	for (int i = 0; i < 3; i++)
		delete((char[]) { 'd', 'k', (char)('0' + i), 0 });
	memset(image, 0, 3 * SECTOR);
}

static void
pc_table(unsigned char *image)
{
	put_record(image, 0, 0x83, 63, 1000);
	put_record(image, 1, 0x05, 2000, 2000);
	put_record(image, 3, 0x54, 1100, 10);
	put_record(image + 2000 * SECTOR, 0, 0x0b, 10, 200);
	put_record(image + 2000 * SECTOR, 1, 0x05, 500, 100);
	put_record(image + 2500 * SECTOR, 0, 0x07, 10, 20);
	/* Back to where the chain was. */
	put_record(image + 2500 * SECTOR, 1, 0x05, 500, 100);
	discover(image);
	is(wedge_at(0, 3), "md0e", 63, 1000, "ext2fs");
	is(wedge_at(1, 3), "md0i", 2010, 200, "msdos");
	is(wedge_at(2, 3), "md0m", 2510, 20, "ntfs");
	for (int i = 0; i < 3; i++)
		delete((char[]) { 'd', 'k', (char)('0' + i), 0 });
}

int
main(int count, char **arguments)
{
	static unsigned char image[SECTORS * SECTOR];
	size_t size;

	take_format(count, arguments);
	make_image("inner.bin", "2m", "");
	void *inner = host_bytes("inner.bin", &size);
	memcpy(image + FIRST * SECTOR, inner, size);
	free(inner);
	boot();
	OK(rump_sys_mkdir("/mnt", 0777));
	configure_memory("/dev/rmd0d", sizeof image);
	raw = open_disk("/dev/rmd0d");
	gpt(image, size);
	label(image);
	pc_table(image);
	return 0;
}
