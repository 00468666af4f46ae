/* needs: fs_ffs vfs */
/* formats: ufs1le ufs1be ufs2le ufs2be */
/* What fsync(2) acknowledged is there for the next process, however the first one ended. */
#include <signal.h>
#include <sys/wait.h>

#include "ffs.h"

static size_t lengths[] = { 1, 1000, 8192, 100000, 98305, 2000000 };

/* Never returns: it is killed while it works on. */
static void
work_until_killed(int done)
{
	char path[64];

	boot_with_device("image.ffs-in-use");
	mount_image(0);
	OK(rump_sys_mkdir("d", 0755));
	make_pattern_file("removed", 50000, 7);
	for (int number = 0; number < 6; number++) {
		snprintf(path, sizeof path, "d/f%d", number);
		make_pattern_file(path, lengths[number], (uint64_t)number);
		int file = OK(rump_sys_open(path, RUMP_O_RDWR));
		OK(rump_sys_fsync(file));
		OK(rump_sys_close(file));
	}
	OK(rump_sys_rename("d/f0", "renamed"));
	OK(rump_sys_unlink("removed"));
	OK(rump_sys_link("d/f1", "second-name"));
	rump_sys_sync();
	HOLDS(write(done, "x", 1) == 1);
	for (;;)
		pause_milliseconds(1000);
}

int
main(int count, char **arguments)
{
	int done[2], status;
	char byte, path[64];

	take_format(count, arguments);
	lengths[5] = (size_t)rounds(2000000, 300000);
	make_image("image.ffs-in-use", "16m", "");
	HOLDS(pipe(done) == 0);
	pid_t child = fork();
	if (child == 0)
		work_until_killed(done[1]);
	close(done[1]);
	HOLDS(read(done[0], &byte, 1) == 1);
	HOLDS(kill(child, SIGKILL) == 0);
	HOLDS(waitpid(child, &status, 0) == child);
	boot_with_device("image.ffs-in-use");
	mount_image(0);
	expect_pattern("renamed", lengths[0], 0);
	for (int number = 1; number < 6; number++) {
		snprintf(path, sizeof path, "d/f%d", number);
		expect_pattern(path, lengths[number], (uint64_t)number);
	}
	expect_pattern("second-name", lengths[1], 1);
	HOLDS(!exists("removed"));
	/* It can be used on; only fsck says that it is in order. */
	make_pattern_file("later", 30000, 12);
	mount_again();
	expect_pattern("later", 30000, 12);
	unmount_image();
	struct raw_image raw = open_raw("image.ffs-in-use");
	EQUAL(raw_number(&raw, raw.superblock + 209, 1) & 1, 0);
	return 0;
}
