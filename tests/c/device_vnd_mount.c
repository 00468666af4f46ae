/* needs: fs_ffs dev_vnd dev_disk dev vfs */
/* formats: ufs1be ufs2le */
/* A file in a mounted FFS is a disk, and the FFS in it is mounted and written to; what was written is in the file. */
#include "disk.h"
#include "ffs.h"

int
main(int count, char **arguments)
{
	struct vnd_request request = { .flags = 0 };
	char text[16];

	take_format(count, arguments);
	make_image("inner.bin", "2m", "");
	HOLDS(mkdir("tree", 0755) == 0 && rename("inner.bin", "tree/inner") == 0);
	make_image_of("outer.ffs", "8m", "", "tree");
	boot();
	EQUAL(rump_pub_etfs_register(DEVICE, "outer.ffs", RUMP_ETFS_BLK), 0);
	OK(rump_sys_mkdir("/outer", 0777));
	OK(rump_sys_mkdir("/inner", 0777));
	OK(try_mount(DEVICE, "/outer", 0));
	configure_file("/dev/rvnd0d", "/outer/inner", 0);
	EQUAL(status_of("/dev/vnd0a").st_rdev, 14 << 8);
	FAILS(rump_sys_open("/dev/vnd0b", RUMP_O_RDWR), RUMP_ENXIO);
	OK(try_mount("/dev/vnd0a", "/inner", 0));
	int file = OK(rump_sys_open("/inner/file", RUMP_O_RDWR | RUMP_O_CREAT, 0644));
	EQUAL(OK(rump_sys_write(file, "in a file", 9)), 9);
	OK(rump_sys_fsync(file));
	OK(rump_sys_close(file));

	/* Neither disk nor file system below goes while it is in use. */
	int raw = open_disk("/dev/rvnd0d");
	FAILS(rump_sys_ioctl(raw, N_VNDIOCCLR, &request), RUMP_EBUSY);
	FAILS(rump_sys_unmount("/outer", 0), RUMP_EBUSY);
	OK(rump_sys_unmount("/inner", 0));
	FAILS(rump_sys_unmount("/outer", 0), RUMP_EBUSY);
	OK(rump_sys_ioctl(raw, N_VNDIOCCLR, &request));
	FAILS(rump_sys_ioctl(raw, N_VNDIOCCLR, &request), RUMP_ENXIO);
	OK(rump_sys_close(raw));
	OK(rump_sys_unmount("/outer", 0));

	/* Again, from the image alone. */
	OK(try_mount(DEVICE, "/outer", 0));
	configure_file("/dev/rvnd0d", "/outer/inner", VND_READ_ONLY);
	OK(try_mount("/dev/vnd0a", "/inner", RUMP_MNT_RDONLY));
	file = OK(rump_sys_open("/inner/file", RUMP_O_RDONLY));
	EQUAL(OK(rump_sys_read(file, text, sizeof text)), 9);
	SAME(text, "in a file", 9);
	OK(rump_sys_close(file));
	OK(rump_sys_unmount("/inner", 0));
	unconfigure_file("/dev/rvnd0d", 0);
	OK(rump_sys_unmount("/outer", 0));
	return 0;
}
