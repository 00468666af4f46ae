/* needs: fs_ffs vfs */
/* formats: ufs1le ufs1be ufs2le ufs2be */
/*
 * A log that was in use when its machine stopped: reading shows the state to which it leads and changes nothing; writing brings
 * the image into that state. Files that had lost their names are gone then.
 */
#include "ffs_journal.h"

static int64_t
free_space(void)
{
	return (int64_t)space_of("/m").f_bfree;
}

int
main(int count, char **arguments)
{
	unsigned char *before, *after, *image, *found;
	int64_t space;

	take_format(count, arguments);
	uint32_t unlinked = make_states(&before, &after);
	mount_image(0);
	space = free_space();
	unmount_image();
	/* The log has the order of the machine that wrote it. */
	make_logged_image("logged.ffs", before, after, strcmp(ffs_format, "ufs2be") == 0, &unlinked, 1);
	image = malloc(IMAGE_SIZE + LOG_SIZE);
	found = load("logged.ffs", IMAGE_SIZE);
	memcpy(image, found, IMAGE_SIZE);
	attach("/dev/logged", "logged.ffs");

	OK(try_mount("/dev/logged", "/m", RUMP_MNT_RDONLY));
	expect_later_state();
	HOLDS(free_space() < space);
	OK(rump_sys_unmount("/m", 0));
	free(found);
	found = load("logged.ffs", IMAGE_SIZE);
	SAME(found, image, IMAGE_SIZE);

	/* From reading to writing. */
	OK(try_mount("/dev/logged", "/m", RUMP_MNT_RDONLY));
	expect_later_state();
	OK(try_mount("/dev/logged", "/m", RUMP_MNT_UPDATE));
	expect_later_state();
	EQUAL(free_space(), space);
	make_pattern_file("/m/after", 100000, 1);
	OK(rump_sys_unmount("/m", 0));

	/* What the log says was done once: it is not in use any more. */
	OK(try_mount("/dev/logged", "/m", 0));
	expect_pattern("/m/after", 100000, 1);
	OK(rump_sys_unlink("/m/after"));
	expect_later_state();
	EQUAL(free_space(), space);
	OK(rump_sys_unmount("/m", 0));

	/* The same for writing at once. */
	make_logged_image("direct.ffs", before, after, false, &unlinked, 1);
	attach("/dev/direct", "direct.ffs");
	OK(try_mount("/dev/direct", "/m", 0));
	expect_later_state();
	EQUAL(free_space(), space);
	OK(rump_sys_unmount("/m", 0));
	return 0;
}
