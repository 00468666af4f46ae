/* needs: fs_ffs vfs */
/* formats: ufs1le ufs1be ufs2le ufs2be */
/* Pointers of inodes that loop, lie outside, or lead into metadata: reading and removing such files ends, with an errno. */
#include "ffs_damage.h"

static struct raw_image raw;

/* Uses the image as it has been damaged, and puts it back. */
static void
try_it(bool expect_mount)
{
	if (damage_is_due()) {
		EQUAL(use_image("damaged", RUMP_MNT_RDONLY), expect_mount);
		EQUAL(use_image("damaged", 0), expect_mount);
		restore("damaged");
	}
	damage_number++;
}

int
main(int count, char **arguments)
{
	take_format(count, arguments);
	make_sample("damaged");
	boot_for_damage();
	attach(DEVICE, "damaged");
	OK(try_mount(DEVICE, "/m", RUMP_MNT_RDONLY));
	uint64_t large = status_of("/m/large").st_ino, directory = status_of("/m/d").st_ino;
	uint64_t link = status_of("/m/long").st_ino;
	OK(rump_sys_unmount("/m", 0));
	EQUAL(rump_pub_etfs_remove(DEVICE), 0);
	raw = open_raw("damaged");
	int width = (int)raw.pointer_size;
	uint64_t indirect = pointer_of(&raw, large, 12);
	HOLDS(indirect != 0);
	uint64_t fragments = SAMPLE_LENGTH / raw.fragment_size;
	const uint64_t wrong[] = { 1, 8, fragments - 1, fragments, fragments * 8, 0x7fffffff, 0xffffffff, UINT64_MAX,
	    1ULL << 62, indirect, indirect + 1 };
	for (size_t index = 0; index < sizeof wrong / sizeof *wrong; index++) {
		/* A direct, a single, a double and a triple indirect pointer; of a file, a directory, a link. */
		for (int place = 0; place < 15; place += place < 12 ? 6 : 1) {
			damage(&raw, pointer_place(&raw, large, place), width, wrong[index]);
			if (place >= 12)
				damage(&raw, size_place(&raw, large), 8, 1ULL << 40);
			try_it(true);
			damage(&raw, pointer_place(&raw, directory, place), width, wrong[index]);
			try_it(true);
		}
		damage(&raw, pointer_place(&raw, link, 0), width, wrong[index]);
		try_it(true);
		damage(&raw, (off_t)indirect * raw.fragment_size + 5 * width, width, wrong[index]);
		try_it(true);
	}
	/* Indirect blocks that name themselves, at each level. */
	off_t block = (off_t)indirect * raw.fragment_size;
	for (int level = 0; level < 3; level++) {
		for (off_t at = 0; at < raw.block_size; at += width)
			damage(&raw, block + at, width, indirect);
		damage(&raw, pointer_place(&raw, large, 12 + level), width, indirect);
		damage(&raw, size_place(&raw, large), 8, 1ULL << 40);
		try_it(true);
	}
	/* Sizes that cannot be. */
	static const uint64_t sizes[] = { UINT64_MAX, 1ULL << 63, (1ULL << 63) - 1, 1ULL << 50, 513, 511, 1 };
	for (size_t index = 0; index < sizeof sizes / sizeof *sizes; index++) {
		damage(&raw, size_place(&raw, large), 8, sizes[index]);
		try_it(true);
		damage(&raw, size_place(&raw, directory), 8, sizes[index]);
		try_it(true);
		damage(&raw, size_place(&raw, link), 8, sizes[index]);
		try_it(true);
		/* The root directory: perhaps no mount, but nothing worse. */
		damage(&raw, size_place(&raw, 2), 8, sizes[index]);
		if (damage_is_due()) {
			use_image("damaged", 0);
			restore("damaged");
		}
		damage_number++;
	}
	/* Kinds of files that there are not; a file that is a directory and the other way round. */
	static const uint16_t modes[] = { 0, 0170000, 0777, 0030000, S_IFREG | 0644, S_IFDIR | 0755, S_IFLNK | 0777, S_IFBLK,
	    0160000, S_IFSOCK };
	for (size_t index = 0; index < sizeof modes / sizeof *modes; index++) {
		damage(&raw, inode_place(&raw, large), 2, modes[index]);
		try_it(true);
		damage(&raw, inode_place(&raw, directory), 2, modes[index]);
		try_it(true);
		damage(&raw, inode_place(&raw, link), 2, modes[index]);
		try_it(true);
		damage(&raw, inode_place(&raw, 2), 2, modes[index]);
		try_it(modes[index] == (S_IFDIR | 0755));
	}
	return 0;
}
