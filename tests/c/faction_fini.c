/* needs: fs_ffs fs_tmpfs vfs */
/* formats: ufs1le ufs2be */
/* The end of the file systems for a component in C: all is stable and unmounted, whoever uses it, and the root stays. */
#include "ffs.h"

#include <rump/rump_faction.h>

int
main(int count, char **arguments)
{
	char bytes[8];

	take_format(count, arguments);
	make_image("image.ffs", "4m", "");
	boot_with_device("image.ffs");
	OK(try_mount(DEVICE, "/m", 0));
	make_pattern_file("/m/file", 100000, 3);
	OK(rump_sys_mkdir("/m/below", 0755));
	OK(try_mount_tmpfs("/m/below", 0, 0, 0));
	OK(rump_sys_mkdir("/m/below/here", 0755));
	OK(rump_sys_chdir("/m/below/here"));
	int file = OK(rump_sys_open("/m/file", RUMP_O_RDWR));
	make_empty("/root-file");

	rump_schedule();
	rump_vfs_fini();
	rump_unschedule();
	EQUAL(rump_sys_getvfsstat(NULL, 0, 1), 1);
	HOLDS(!exists("/m/file") && exists("/root-file") && exists("/dev/null"));
	FAILS(rump_sys_read(file, bytes, sizeof bytes), RUMP_EIO);
	OK(rump_sys_close(file));
	FAILS(rump_sys_open("..", RUMP_O_RDONLY), RUMP_EIO);
	OK(rump_sys_chdir("/"));

	/* The kernel goes on. */
	OK(try_mount(DEVICE, "/m", 0));
	expect_pattern("/m/file", 100000, 3);
	rump_schedule();
	rump_vfs_fini();
	rump_vfs_fini();
	rump_unschedule();
	EQUAL(rump_sys_getvfsstat(NULL, 0, 1), 1);
	return 0;
}
