/* needs: fs_ffs vfs */
/* formats: ufs1le ufs1be ufs2le ufs2be */
/* A mount changes to read-only and back under open files; what was written is on the image while it is read-only. */
#include "ffs.h"

static uint64_t
clean_flag(void)
{
	struct raw_image image = open_raw("image.ffs");
	uint64_t flag = raw_number(&image, image.superblock + 209, 1);

	close(image.descriptor);
	return flag;
}

int
main(int count, char **arguments)
{
	static char buffer[100000];
	size_t length;

	take_format(count, arguments);
	make_image("image.ffs", "8m", "");
	boot_with_device("image.ffs");
	mount_image(RUMP_MNT_RDONLY);
	EQUAL(clean_flag(), 1);
	FAILS(rump_sys_mkdir("d", 0755), RUMP_EROFS);
	OK(try_mount(DEVICE, "/m", RUMP_MNT_UPDATE));
	EQUAL(space_of("/m").f_flag & RUMP_MNT_RDONLY, 0);
	EQUAL(clean_flag(), 2);
	OK(rump_sys_mkdir("d", 0755));
	int file = OK(rump_sys_open("d/f", RUMP_O_CREAT | RUMP_O_RDWR, 0666));
	memset(buffer, 'x', sizeof buffer);
	EQUAL(OK(rump_sys_write(file, buffer, sizeof buffer)), sizeof buffer);
	int reader = OK(rump_sys_open("d/f", RUMP_O_RDONLY));
	int result = try_mount(DEVICE, "/m", RUMP_MNT_UPDATE | RUMP_MNT_RDONLY);
	if (result == -1) {
		/* A file is open for writing: that may be a reason to refuse, but then only for that. */
		EQUAL(errno, RUMP_EBUSY);
		OK(rump_sys_close(file));
		OK(try_mount(DEVICE, "/m", RUMP_MNT_UPDATE | RUMP_MNT_RDONLY));
	} else {
		FAILS(rump_sys_write(file, "y", 1), RUMP_EROFS);
		OK(rump_sys_close(file));
	}
	EQUAL(clean_flag(), 1);
	HOLDS(space_of("/m").f_flag & RUMP_MNT_RDONLY);
	FAILS(rump_sys_unlink("d/f"), RUMP_EROFS);
	EQUAL(OK(rump_sys_pread(reader, buffer, sizeof buffer, 0)), sizeof buffer);
	ALL(buffer, 'x', sizeof buffer);
	/* The image is complete now. */
	HOLDS(!in_turn(0, 20) || system("${CHECKER:?} --require-clean image.ffs >.check") == 0);
	unsigned char *before = read_host_file("image.ffs", &length);
	EQUAL(OK(rump_sys_pread(reader, buffer, 10, 0)), 10);
	unsigned char *after = read_host_file("image.ffs", &length);
	SAME(after, before, length);
	/* And back, with the reader still open. */
	OK(try_mount(DEVICE, "/m", RUMP_MNT_UPDATE));
	make_file("d/g", "second", 6);
	OK(rump_sys_unlink("d/f"));
	EQUAL(OK(rump_sys_pread(reader, buffer, 10, 50000)), 10);
	ALL(buffer, 'x', 10);
	/* A file without a name could not be given back later. */
	FAILS(try_mount(DEVICE, "/m", RUMP_MNT_UPDATE | RUMP_MNT_RDONLY), RUMP_EBUSY);
	OK(rump_sys_close(reader));
	OK(try_mount(DEVICE, "/m", RUMP_MNT_UPDATE | RUMP_MNT_RDONLY));
	HOLDS(!exists("d/f"));
	EQUAL(status_of("d/g").st_size, 6);
	unmount_image();
	return 0;
}
