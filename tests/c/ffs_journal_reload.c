/* needs: fs_ffs vfs */
/* formats: ufs1be ufs2le */
/*
 * MNT_RELOAD with a log: what the log held counts no more once it has been replayed on the image, and a log that was not there
 * before is refused.
 */
#include "ffs_journal.h"

enum { RELOAD = RUMP_MNT_UPDATE | RUMP_MNT_RELOAD | RUMP_MNT_RDONLY };

static void
copy_underneath(const char *from, const char *to)
{
	size_t length;
	unsigned char *bytes = read_host_file(from, &length);
	int image = open(to, O_WRONLY);

	HOLDS(image != -1 && pwrite(image, bytes, length, 0) == (ssize_t)length && close(image) == 0);
	free(bytes);
}

int
main(int count, char **arguments)
{
	unsigned char *before, *after;

	take_format(count, arguments);
	uint32_t unlinked = make_states(&before, &after);
	make_logged_image("logged.ffs", before, after, false, &unlinked, 1);
	HOLDS(copy_host_file("logged.ffs", "replayed.ffs") && copy_host_file("logged.ffs", "untouched"));
	attach("/dev/logged", "logged.ffs");
	attach("/dev/replayed", "replayed.ffs");
	OK(rump_sys_mkdir("/c", 0755));
	OK(try_mount("/dev/logged", "/m", RUMP_MNT_RDONLY));
	expect_later_state();
	/* The same log once more changes nothing. */
	OK(try_mount("/dev/logged", "/m", RELOAD));
	expect_later_state();

	OK(try_mount("/dev/replayed", "/c", 0));
	make_pattern_file("/c/after", 100000, 1);
	OK(rump_sys_unmount("/c", 0));
	copy_underneath("replayed.ffs", "logged.ffs");
	OK(try_mount("/dev/logged", "/m", RELOAD));
	expect_later_state();
	expect_pattern("/m/after", 100000, 1);
	OK(try_mount("/dev/logged", "/m", RUMP_MNT_UPDATE));
	OK(rump_sys_unlink("/m/after"));
	expect_later_state();
	OK(rump_sys_unmount("/m", 0));

	/* Mounted without a log in use, which comes underneath. */
	OK(try_mount("/dev/replayed", "/m", RUMP_MNT_RDONLY));
	copy_underneath("untouched", "replayed.ffs");
	FAILS(try_mount("/dev/replayed", "/m", RELOAD), RUMP_EFTYPE);
	copy_underneath("logged.ffs", "replayed.ffs");
	OK(try_mount("/dev/replayed", "/m", RELOAD));
	expect_later_state();
	HOLDS(!exists("/m/after"));
	OK(rump_sys_unmount("/m", 0));
	return 0;
}
