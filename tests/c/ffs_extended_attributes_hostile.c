/* needs: fs_ffs vfs */
/* formats: ufs1le ufs1be */
/* Backing files that somebody has tampered with: an error, and no more than that. */
#include "backing_file.h"

#define MAGIC 0x00b5d5ec
#define BACKING "/m/backing"

static int
enable(void)
{
	return rump_sys_extattrctl("/m", ATTRIBUTE_ENABLE, BACKING, USER, "a");
}

static void
disable(void)
{
	OK(rump_sys_extattrctl("/m", ATTRIBUTE_DISABLE, NULL, USER, "a"));
}

static void
headers(enum order order)
{
	for (size_t length = 0; length < FILE_HEADER; length++) {
		make_header(BACKING, order, MAGIC, 3, 10, length);
		FAILS(enable(), RUMP_EINVAL);
	}
	make_header(BACKING, order, MAGIC + 1, 3, 10, FILE_HEADER);
	FAILS(enable(), RUMP_EINVAL);
	make_header(BACKING, order, 0, 0, 0, FILE_HEADER);
	FAILS(enable(), RUMP_EINVAL);
	for (uint32_t version = 0; version < 6; version++) {
		make_header(BACKING, order, MAGIC, version, 10, FILE_HEADER);
		if (version == 3) {
			OK(enable());
			disable();
		} else {
			FAILS(enable(), RUMP_EINVAL);
		}
	}
	make_header(BACKING, order, MAGIC, 0x03000000, 10, FILE_HEADER);
	FAILS(enable(), RUMP_EINVAL);
}

static void
expect_damaged(int error)
{
	char found[100];

	FAILS(rump_sys_extattr_get_file("/m/f", USER, "a", found, sizeof found), error);
	FAILS(rump_sys_extattr_get_file("/m/f", USER, "a", NULL, 0), error);
	FAILS(rump_sys_getxattr("/m/f", "a", found, sizeof found), error);
}

/* Lengths beyond the slot, and slots beyond the end of the file. */
static void
slots(enum order order)
{
	const uint32_t lengths[] = { 11, 12, 0x7fffffff, 0x80000000, 0xffffffff };

	make_header(BACKING, order, MAGIC, 3, 10, FILE_HEADER);
	OK(enable());
	for (size_t index = 0; index < sizeof lengths / sizeof *lengths; index++) {
		put_slot(BACKING, order, 10, "/m/f", 1, lengths[index], generation_of("/m/f"));
		expect_damaged(RUMP_ENXIO);
		FAILS(rump_sys_extattr_list_file("/m/f", USER, NULL, 0), RUMP_ENXIO);
		FAILS(rump_sys_extattr_delete_file("/m/f", USER, "a"), RUMP_ENXIO);
		FAILS(rump_sys_setxattr("/m/f", "a", "x", 1, 1), RUMP_ENXIO);
		/* Somebody else's slot may say what it wants. */
		put_slot(BACKING, order, 10, "/m/f", 1, lengths[index], generation_of("/m/f") + 1);
		expect_damaged(RUMP_ENODATA);
		expect_names("/m/f", USER, "", 0);
	}
	/* A value that is not there, or in part. */
	put_slot(BACKING, order, 10, "/m/f", 1, 10, generation_of("/m/f"));
	OK(rump_sys_truncate(BACKING, slot_place("/m/f", 10) + SLOT_HEADER));
	expect_damaged(RUMP_EIO);
	OK(rump_sys_truncate(BACKING, slot_place("/m/f", 10) + SLOT_HEADER + 9));
	expect_damaged(RUMP_EIO);
	OK(rump_sys_truncate(BACKING, slot_place("/m/f", 10) + SLOT_HEADER + 10));
	EQUAL(rump_sys_extattr_get_file("/m/f", USER, "a", NULL, 0), 10);
	OK(rump_sys_truncate(BACKING, slot_place("/m/f", 10) + SLOT_HEADER - 1));
	expect_damaged(RUMP_ENODATA);
	/* A damaged slot can be written anew, and goes with its file. */
	put_slot(BACKING, order, 10, "/m/f", 0xffffffff, 0xffffffff, generation_of("/m/f"));
	EQUAL(set_attribute("/m/f", USER, "a", "mended"), 6);
	expect_text("/m/f", USER, "a", "mended");
	make_file("/m/goes", "x", 1);
	put_slot(BACKING, order, 10, "/m/goes", 1, 0xffffffff, generation_of("/m/goes"));
	off_t place = slot_place("/m/goes", 10);
	OK(rump_sys_unlink("/m/goes"));
	expect_free_slot(BACKING, place);
	disable();
}

/* Slots of four gigabytes: far out, and no reason to ask for memory. */
static void
absurd_sizes(enum order order)
{
	const uint32_t sizes[] = { 0x7fffffff, 0xffffffff };
	char found[100];

	for (size_t index = 0; index < sizeof sizes / sizeof *sizes; index++) {
		uint32_t size = sizes[index];

		make_header(BACKING, order, MAGIC, 3, size, FILE_HEADER);
		OK(enable());
		expect_damaged(RUMP_ENODATA);
		EQUAL(set_attribute("/m/f", USER, "a", "far out"), 7);
		expect_slot(BACKING, order, size, "/m/f", "far out", 7);
		expect_text("/m/f", USER, "a", "far out");
		put_slot(BACKING, order, size, "/m/f", 1, size, generation_of("/m/f"));
		expect_damaged(RUMP_EIO);
		/* A hole of that length is a value, of which as much is taken as there is room for. */
		OK(rump_sys_truncate(BACKING, slot_place("/m/f", size) + SLOT_HEADER + size));
		EQUAL(rump_sys_extattr_get_file("/m/f", USER, "a", found, sizeof found), sizeof found);
		SAME(found, "far out", 7);
		FAILS(rump_sys_getxattr("/m/f", "a", found, sizeof found), RUMP_ERANGE);
		FAILS(rump_sys_extattr_set_file("/m/f", USER, "a", found, 0x80000000), RUMP_EINVAL);
		OK(rump_sys_extattr_delete_file("/m/f", USER, "a"));
		disable();
		OK(rump_sys_unlink(BACKING));
	}
	make_header(BACKING, order, MAGIC, 3, 0, FILE_HEADER);
	OK(enable());
	EQUAL(set_attribute("/m/f", USER, "a", ""), 0);
	expect_text("/m/f", USER, "a", "");
	FAILS(set_attribute("/m/f", USER, "a", "x"), RUMP_ENXIO);
	disable();
}

/* Changed while it is in use, and in each byte. */
static void
tampered_at_work(enum order order)
{
	unsigned char byte;
	char found[100];
	uint64_t random = 5;

	make_header(BACKING, order, MAGIC, 3, 10, FILE_HEADER);
	OK(enable());
	EQUAL(set_attribute("/m/f", USER, "a", "0123456789"), 10);
	int file = OK(rump_sys_open(BACKING, RUMP_O_RDWR));
	for (int round = 0; round < 2000; round++) {
		off_t at = (off_t)(next_random(&random) % 200);

		if (next_random(&random) % 4 == 0)
			at = slot_place("/m/f", 10) + (off_t)(next_random(&random) % SLOT_HEADER);
		byte = (unsigned char)next_random(&random);
		EQUAL(rump_sys_pwrite(file, &byte, 1, at), 1);
		(void)rump_sys_extattr_get_file("/m/f", USER, "a", found, sizeof found);
		(void)rump_sys_extattr_list_file("/m/f", USER, found, sizeof found);
		if (next_random(&random) % 4 == 0)
			(void)rump_sys_extattr_delete_file("/m/f", USER, "a");
		if (next_random(&random) % 4 == 0)
			EQUAL(set_attribute("/m/f", USER, "a", "again"), 5);
	}
	OK(rump_sys_close(file));
	disable();
}

int
main(int count, char **arguments)
{
	boot_in_ffs(count, arguments, "8m", "density=4096");
	make_directories();
	make_file("/m/f", "x", 1);
	OK(start_attributes());
	for (enum order order = LITTLE; order <= BIG; order++) {
		headers(order);
		slots(order);
		absurd_sizes(order);
		tampered_at_work(order);
	}
	unmount_image();
	return 0;
}
