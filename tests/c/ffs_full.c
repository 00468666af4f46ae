/* needs: fs_ffs vfs */
/* formats: ufs1le ufs1be ufs2le ufs2be */
/* No room left: ENOSPC from everything that needs some, what was written before is right, and deleting makes room again. */
#include "ffs.h"

int
main(int count, char **arguments)
{
	char path[64], target[1001];
	static unsigned char block[65536];
	int files = 0;
	size_t last = 0;

	const size_t again = (size_t)rounds(3000000, 1000000);

	boot_in_ffs(count, arguments, is_simulated() ? "3m" : "6m", "density=4096");
	struct rump_netbsd_statvfs before = space_of("/m"), space;
	OK(rump_sys_mkdir("kept", 0755));
	for (int number = 0; number < 20; number++) {
		snprintf(path, sizeof path, "kept/%d", number);
		make_pattern_file(path, 10000 + (size_t)number, (uint64_t)number);
	}
	make_empty("empty");
	for (bool room = true; room; files++) {
		snprintf(path, sizeof path, "big-%d", files);
		int file = OK(rump_sys_open(path, RUMP_O_CREAT | RUMP_O_RDWR, 0666));
		fill_pattern(block, sizeof block, (uint64_t)files);
		for (int piece = 0; piece < 16 && room; piece++) {
			if (rump_sys_write(file, block, sizeof block) == -1) {
				EQUAL(errno, RUMP_ENOSPC);
				room = false;
			}
			last = (size_t)descriptor_status(file).st_size;
		}
		OK(rump_sys_close(file));
	}
	/* The rest goes byte by byte, down to the last fragment. */
	int filler = OK(rump_sys_open("filler", RUMP_O_CREAT | RUMP_O_RDWR, 0666));
	size_t filled = 0;
	while (rump_sys_write(filler, "f", 1) == 1)
		filled++;
	EQUAL(errno, RUMP_ENOSPC);
	EQUAL(descriptor_status(filler).st_size, filled);
	/* Blocks of long files are whole ones: fragments may be left, for short files. */
	int tiny = 0;
	for (bool room = true; room; tiny++) {
		snprintf(path, sizeof path, "tiny-%d", tiny);
		int file = rump_sys_open(path, RUMP_O_CREAT | RUMP_O_RDWR, 0666);
		room = file != -1 && rump_sys_write(file, "t", 1) == 1;
		if (!room)
			EQUAL(errno, RUMP_ENOSPC);
		if (file != -1)
			OK(rump_sys_close(file));
	}
	FAILS(rump_sys_pwrite(filler, "x", 1, 50000000), RUMP_ENOSPC);
	FAILS(rump_sys_posix_fallocate(filler, 0, 1000000) ? (errno = RUMP_ENOSPC, -1) : 0, RUMP_ENOSPC);
	EQUAL(descriptor_status(filler).st_size, filled);
	FAILS(rump_sys_mkdir("new-directory", 0755), RUMP_ENOSPC);
	memset(target, 't', 1000);
	target[1000] = 0;
	FAILS(rump_sys_symlink(target, "new-link"), RUMP_ENOSPC);
	/* Names need room once the directory is full. */
	for (int number = 0;; number++) {
		snprintf(path, sizeof path, "name-%d", number);
		int file = rump_sys_open(path, RUMP_O_CREAT | RUMP_O_RDWR, 0666);
		if (file == -1)
			break;
		OK(rump_sys_close(file));
		HOLDS(number < 10000);
	}
	EQUAL(errno, RUMP_ENOSPC);
	HOLDS(!exists(path) && !exists("new-directory") && !exists("new-link"));
	space = space_of("/m");
	EQUAL(space.f_bavail, 0);
	EQUAL(space.f_bfree, 0);
	OK(rump_sys_close(filler));
	mount_again();
	for (int number = 0; number < 20; number++) {
		snprintf(path, sizeof path, "kept/%d", number);
		expect_pattern(path, 10000 + (size_t)number, (uint64_t)number);
	}
	for (int number = 0; number < files; number++) {
		snprintf(path, sizeof path, "big-%d", number);
		int file = OK(rump_sys_open(path, RUMP_O_RDONLY));
		size_t length = number == files - 1 ? last : 16 * sizeof block;
		static unsigned char found[sizeof block];
		fill_pattern(block, sizeof block, (uint64_t)number);
		EQUAL(descriptor_status(file).st_size, length);
		for (size_t at = 0; at < length; at += sizeof block) {
			ssize_t part = OK(rump_sys_read(file, found, sizeof found));
			EQUAL(part, length - at < sizeof block ? length - at : sizeof block);
			SAME(found, block, part);
		}
		OK(rump_sys_close(file));
		OK(rump_sys_unlink(path));
	}
	/* Room again, at once. */
	make_pattern_file("again", again, 99);
	OK(rump_sys_mkdir("new-directory", 0755));
	OK(rump_sys_rmdir("new-directory"));
	expect_pattern("again", again, 99);
	OK(rump_sys_unlink("again"));
	for (int number = 0;; number++) {
		snprintf(path, sizeof path, "name-%d", number);
		if (rump_sys_unlink(path) == -1)
			break;
	}
	for (int number = 0; number < tiny; number++) {
		snprintf(path, sizeof path, "tiny-%d", number);
		HOLDS(rump_sys_unlink(path) == 0 || number == tiny - 1);
	}
	for (int number = 0; number < 20; number++) {
		snprintf(path, sizeof path, "kept/%d", number);
		OK(rump_sys_unlink(path));
	}
	OK(rump_sys_rmdir("kept"));
	OK(rump_sys_unlink("filler"));
	OK(rump_sys_unlink("empty"));
	/* The root directory gives its blocks back when something is made in it. */
	make_empty("last");
	OK(rump_sys_unlink("last"));
	mount_again();
	space = space_of("/m");
	EQUAL(space.f_bfree, before.f_bfree);
	EQUAL(space.f_ffree, before.f_ffree);
	unmount_image();
	return 0;
}
