/* needs: fs_ffs vfs */
/* formats: ufs1le ufs1be ufs2le ufs2be */
/* Directory entries that run past their block, have no length, name themselves or nothing: an errno, no crash, no endless loop. */
#include "ffs_damage.h"

static struct raw_image raw;

static void
try_it(void)
{
	if (damage_is_due()) {
		use_image("damaged", RUMP_MNT_RDONLY);
		use_image("damaged", 0);
		restore("damaged");
	}
	damage_number++;
}

int
main(int count, char **arguments)
{
	Status status;
	uint64_t random = 9 + world_seed();

	take_format(count, arguments);
	make_sample("damaged");
	boot_for_damage();
	raw = open_raw("damaged");
	attach(DEVICE, "damaged");
	OK(try_mount(DEVICE, "/m", RUMP_MNT_RDONLY));
	uint64_t directory = status_of("/m/d").st_ino, below = status_of("/m/d/e").st_ino;
	OK(rump_sys_unmount("/m", 0));
	EQUAL(rump_pub_etfs_remove(DEVICE), 0);
	off_t start = (off_t)pointer_of(&raw, directory, 0) * raw.fragment_size;
	off_t start_below = (off_t)pointer_of(&raw, below, 0) * raw.fragment_size;
	/* The records: number, 4 bytes; length, 2; kind, 1; length of the name, 1; name. */
	static const uint16_t lengths[] = { 0, 1, 4, 8, 11, 13, 508, 512, 516, 1024, 0x7fff, 0xfffc, 0xffff };
	for (size_t index = 0; index < sizeof lengths / sizeof *lengths; index++) {
		for (off_t entry = 0; entry <= 24; entry += 12) {
			damage(&raw, start + entry + 4, 2, lengths[index]);
			try_it();
		}
	}
	for (int name = 0; name < 256; name += 51) {
		damage(&raw, start + 24 + 7, 1, (uint64_t)name);
		try_it();
	}
	const uint64_t inodes[] = { 0, 1, 2, directory, 3, 100, 100000, 0x7fffffff, 0xffffffff };
	for (size_t index = 0; index < sizeof inodes / sizeof *inodes; index++) {
		for (off_t entry = 0; entry <= 24; entry += 12) {
			damage(&raw, start + entry, 4, inodes[index]);
			try_it();
		}
	}
	/* A directory inside itself. */
	damage(&raw, start_below + 12, 4, below);
	try_it();
	put_raw_number(&raw, start_below + 24, 4, directory);
	put_raw_number(&raw, start_below + 28, 2, 488);
	put_raw_number(&raw, start_below + 30, 1, N_DT_DIR);
	put_raw_number(&raw, start_below + 31, 1, 4);
	HOLDS(pwrite(raw.descriptor, "loop", 5, start_below + 32) == 5);
	put_raw_number(&raw, start_below + 12 + 4, 2, 12);
	attach("/dev/damaged", "damaged");
	OK(try_mount("/dev/damaged", "/m", RUMP_MNT_RDONLY));
	OK(rump_sys_lstat("/m/d/e/loop/e/loop/e/loop/file-7", (struct stat *)&status));
	OK(rump_sys_chdir("/m/d/e/loop/e/loop/e/loop"));
	char path[1024];
	any(rump_sys___getcwd(path, sizeof path));
	OK(rump_sys_chdir("/"));
	OK(rump_sys_unmount("/m", 0));
	OK(try_mount("/dev/damaged", "/m", 0));
	/* Renames that would cut the loop off, or wind it up. */
	any(rump_sys_rename("/m/d", "/m/d/e/loop/x"));
	any(rump_sys_rename("/m/d/e", "/m/d/e/loop/e/y"));
	any(rump_sys_rename("/m/d/e/loop", "/m/z"));
	any(rump_sys_rmdir("/m/d/e/loop"));
	OK(rump_sys_unmount("/m", 0));
	EQUAL(rump_pub_etfs_remove("/dev/damaged"), 0);
	restore("damaged");
	/* Slashes and NULs in names. */
	HOLDS(!damage_is_due() || pwrite(raw.descriptor, "a/b", 3, start + 24 + 8) == 3);
	try_it();
	HOLDS(!damage_is_due() || pwrite(raw.descriptor, "a\0b", 3, start + 24 + 8) == 3);
	try_it();
	/* Whatever chance makes of the first block. */
	for (int round = 0; round < 150; round++) {
		for (int change = 0; change < 4; change++)
			damage(&raw, start + (off_t)(next_random(&random) % 1024), 1, next_random(&random) & 0xff);
		try_it();
	}
	return 0;
}
