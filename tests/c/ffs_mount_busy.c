/* needs: fs_ffs vfs */
/* formats: ufs1le ufs2le */
/* A device is mounted once; a mount in use is not taken away, unless by force, and then open files give errors. */
#include "ffs.h"

int
main(int count, char **arguments)
{
	char buffer[16];

	take_format(count, arguments);
	make_image("image.ffs", "8m", "");
	make_image("other.ffs", "8m", "");
	boot_with_device("image.ffs");
	attach("/dev/other", "other.ffs");
	OK(rump_sys_mkdir("/n", 0755));
	FAILS(try_mount("/dev/nothing", "/m", 0), RUMP_ENOENT);
	FAILS(try_mount("/m", "/m", 0), RUMP_ENOTBLK);
	FAILS(try_mount(DEVICE, "/nowhere", 0), RUMP_ENOENT);
	FAILS(try_mount(DEVICE, DEVICE, 0), RUMP_ENOTDIR);
	OK(try_mount(DEVICE, "/m", 0));
	FAILS(try_mount(DEVICE, "/n", 0), RUMP_EBUSY);
	FAILS(try_mount(DEVICE, "/n", RUMP_MNT_RDONLY), RUMP_EBUSY);
	HOLDS(rump_sys_mount("ffs", "/m", 0, NULL, 0) == -1);
	OK(try_mount("/dev/other", "/n", 0));
	OK(rump_sys_unmount("/n", 0));
	/* The node of the device is a use of the file system that it is on. */
	OK(try_mount("/dev/other", "/n", 0));
	OK(rump_sys_mknod("/n/node", S_IFBLK | 0600, (uint64_t)status_of(DEVICE).st_rdev));
	OK(rump_sys_unmount("/m", 0));
	OK(try_mount("/n/node", "/m", 0));
	FAILS(rump_sys_unmount("/n", 0), RUMP_EBUSY);
	OK(rump_sys_unmount("/m", 0));
	OK(rump_sys_unlink("/n/node"));
	OK(rump_sys_unmount("/n", 0));
	OK(try_mount(DEVICE, "/m", 0));
	/* A working directory, an open file, an open directory, a mount below: each is a use. */
	OK(rump_sys_chdir("/m"));
	FAILS(rump_sys_unmount("/m", 0), RUMP_EBUSY);
	OK(rump_sys_chdir("/"));
	make_file("/m/f", "abc", 3);
	int file = OK(rump_sys_open("/m/f", RUMP_O_RDONLY));
	FAILS(rump_sys_unmount("/m", 0), RUMP_EBUSY);
	OK(rump_sys_close(file));
	int directory = OK(rump_sys_open("/m", RUMP_O_RDONLY));
	FAILS(rump_sys_unmount("/m", 0), RUMP_EBUSY);
	OK(rump_sys_close(directory));
	OK(rump_sys_mkdir("/m/below", 0755));
	OK(try_mount("/dev/other", "/m/below", 0));
	FAILS(rump_sys_unmount("/m", 0), RUMP_EBUSY);
	FAILS(rump_sys_rmdir("/m/below"), RUMP_EBUSY);
	OK(rump_sys_unmount("/m/below", 0));
	/* By force: what was written is kept, what is open is dead. */
	file = OK(rump_sys_open("/m/f", RUMP_O_RDWR));
	int unlinked = OK(rump_sys_open("/m/unlinked", RUMP_O_CREAT | RUMP_O_RDWR, 0666));
	EQUAL(OK(rump_sys_write(unlinked, "gone soon", 9)), 9);
	OK(rump_sys_unlink("/m/unlinked"));
	EQUAL(OK(rump_sys_pwrite(file, "def", 3, 3)), 3);
	OK(rump_sys_chdir("/m"));
	OK(rump_sys_unmount("/m", RUMP_MNT_FORCE));
	HOLDS(rump_sys_write(file, "x", 1) == -1);
	HOLDS(rump_sys_open("new", RUMP_O_CREAT | RUMP_O_RDWR, 0666) == -1);
	HOLDS(rump_sys_ftruncate(file, 0) == -1);
	HOLDS(rump_sys_pread(unlinked, buffer, 9, 0) == -1);
	OK(rump_sys_close(unlinked));
	OK(rump_sys_close(file));
	OK(rump_sys_chdir("/"));
	HOLDS(!exists("/m/f"));
	OK(try_mount(DEVICE, "/m", 0));
	file = OK(rump_sys_open("/m/f", RUMP_O_RDONLY));
	EQUAL(OK(rump_sys_read(file, buffer, sizeof buffer)), 6);
	SAME(buffer, "abcdef", 6);
	OK(rump_sys_close(file));
	HOLDS(!exists("/m/unlinked"));
	OK(rump_sys_unmount("/m", 0));
	FAILS(rump_sys_unmount("/m", 0), RUMP_EINVAL);
	return 0;
}
