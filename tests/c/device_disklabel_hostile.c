/* needs: fs_tmpfs dev_vnd dev_disk dev vfs */
/* Damaged labels, PC tables and GPTs, by the thousand and from a seed: errors at most, and transfers within the disk. */
#include "disk.h"
#include "partition_tables.h"

enum { SIZE = 1 << 20, SECTORS = SIZE / SECTOR };

static uint32_t state = 20261121;

static uint32_t
next(uint32_t below)
{
	state = state * 1664525 + 1013904223;
	return (uint32_t)(((uint64_t)(state >> 4) * below) >> 28);
}

/* A number that tends to be at some limit. */
static uint32_t
awkward(void)
{
	static const uint32_t favourites[] = { 0, 1, 2, 63, SECTORS - 1, SECTORS, SECTORS + 1, 0x7fffffff, 0x80000000, 0xffffffff };

	return next(3) ? favourites[next(sizeof favourites / sizeof *favourites)] : next(SECTORS);
}

static void
make_label(unsigned char *at, bool sealed)
{
	struct disk_label label = { .magic = (uint32_t)LABEL_MAGIC, .magic2 = (uint32_t)LABEL_MAGIC,
	    .sector_size = next(4) ? SECTOR : awkward(), .sectors_per_cylinder = awkward(), .sectors = awkward(),
	    .partitions = (uint16_t)(next(4) ? next(17) : awkward()) };

	for (int i = 0; i < 16; i++)
		label.partition[i] = (struct label_partition) { .offset = awkward(), .size = awkward(),
		    .type = (uint8_t)(next(2) ? FS_FFS_TYPE : next(256)) };
	if (sealed && label.partitions <= 16)
		seal_label(&label);
	memcpy(at, &label, 404);
}

static void
make_record(unsigned char *sector)
{
	static const unsigned char kinds[] = { 0, 5, 0xf, 0x85, 0xa9, 0x83, 0xee, 0x54 };

	for (int i = 0; i < 4; i++)
		put_record(sector, i, kinds[next(sizeof kinds)], awkward(), awkward());
}

static void
use(int raw)
{
	static char piece[65536];
	struct disk_label label;
	int nothing;

	OK(rump_sys_ioctl(raw, N_DIOCGDINFO, &label));
	(void)rump_sys_ioctl(raw, N_DIOCWDINFO, &label);
	for (int partition = 0; partition < 7; partition++) {
		char node[] = "/dev/vnd0a";
		node[9] += (char)partition;
		int disk = rump_sys_open(node, RUMP_O_RDWR);
		if (disk < 0) {
			EQUAL(errno, RUMP_ENXIO);
			continue;
		}
		off_t end = OK(rump_sys_lseek(disk, 0, SEEK_END));
		HOLDS(end >= 0 && end <= SIZE);
		ssize_t count = rump_sys_pread(disk, piece, sizeof piece, end < 1000 ? 0 : end - 1000);
		HOLDS(count == (end < 1000 ? end : 1000));
		(void)rump_sys_pwrite(disk, piece, 100, end / 2);
		OK(rump_sys_close(disk));
	}
	(void)rump_sys_ioctl(raw, N_DIOCMWEDGES, &nothing);
	struct wedge wedges[16];
	struct wedge_list list = { .buffer = wedges, .buffer_size = sizeof wedges };
	OK(rump_sys_ioctl(raw, N_DIOCLWEDGES, &list));
	for (unsigned i = 0; i < list.copied; i++)
		HOLDS(wedges[i].offset >= 0 && wedges[i].size > 0 && wedges[i].size <= SECTORS &&
		    (uint64_t)wedges[i].offset <= SECTORS - wedges[i].size);
}

int
main(void)
{
	static unsigned char image[SIZE];

	boot();
	state += world_seed() * 1000003;
	int file = OK(rump_sys_open("/file", RUMP_O_RDWR | RUMP_O_CREAT, 0644));
	for (int round = 0; round < rounds(1500, 15); round++) {
		memset(image, 0, sizeof image);
		if (next(2))
			make_label(image + SECTOR * next(3) + 8 * next(10), next(4) != 0);
		if (next(2)) {
			make_record(image);
			for (unsigned i = next(4); i > 0; i--)
				make_record(image + (size_t)SECTOR * next(SECTORS));
			if (next(2))
				make_label(image + SECTOR * 64, next(4) != 0);
		}
		if (next(3) == 0) {
			struct gpt_partition partitions[4];
			for (int i = 0; i < 4; i++)
				partitions[i] = (struct gpt_partition) { .first = awkward(), .last = awkward(), .name = "x" };
			put_gpt(image, SECTORS, partitions, 4);
			if (next(2))
				image[SECTOR + next(92)] ^= (unsigned char)(1 << next(8));
			if (next(2))
				seal_gpt(image + SECTOR);
		}
		EQUAL(OK(rump_sys_pwrite(file, image, SIZE, 0)), SIZE);
		configure_file("/dev/rvnd0d", "/file", 0);
		int raw = open_disk("/dev/rvnd0d");
		use(raw);
		OK(rump_sys_close(raw));
		unconfigure_file("/dev/rvnd0d", 0);
	}
	return 0;
}
