/* needs: fs_ffs dev_md dev_disk dev vfs */
/* formats: ufs1le ufs2be */
/* A memory disk that holds a copy of an FFS image is mounted, written to, and read again after it was unmounted. */
#include "disk.h"
#include "ffs.h"

int
main(int count, char **arguments)
{
	char text[16];
	size_t size;

	take_format(count, arguments);
	make_image("image.bin", "2m", "");
	void *image = host_bytes("image.bin", &size);
	boot();
	FAILS(rump_sys_open("/dev/md0a", RUMP_O_RDWR), RUMP_ENXIO);
	configure_memory("/dev/rmd0d", size);
	fill_disk("/dev/rmd0a", image, size);
	OK(rump_sys_mkdir("/mnt", 0777));
	OK(try_mount("/dev/md0a", "/mnt", 0));
	FAILS(try_mount("/dev/md0a", "/mnt", 0), RUMP_EBUSY);
	int file = OK(rump_sys_open("/mnt/file", RUMP_O_RDWR | RUMP_O_CREAT, 0644));
	EQUAL(OK(rump_sys_write(file, "in memory", 9)), 9);
	OK(rump_sys_close(file));
	OK(rump_sys_unmount("/mnt", 0));

	OK(try_mount("/dev/md0a", "/mnt", 0));
	file = OK(rump_sys_open("/mnt/file", RUMP_O_RDONLY));
	EQUAL(OK(rump_sys_read(file, text, sizeof text)), 9);
	SAME(text, "in memory", 9);
	OK(rump_sys_close(file));
	OK(rump_sys_unmount("/mnt", 0));

	/* What the checker sees. */
	int disk = open_disk("/dev/rmd0d");
	EQUAL(OK(rump_sys_pread(disk, image, size, 0)), size);
	int copy = open("copy.ffs", O_CREAT | O_WRONLY, 0666);
	EQUAL(write(copy, image, size), size);
	free(image);
	return 0;
}
