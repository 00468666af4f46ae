/* needs: fs_ffs vfs */
/* formats: ufs1le ufs1be ufs2le ufs2be */
/*
 * MNT_RELOAD: a mount that is read-only sees what has changed on the image since: new files, changed and lost ones, and what
 * tunefs changes. A second kernel's worth of changes comes from a copy of the image that is mounted elsewhere.
 */
#include "ffs.h"

enum { UPDATE = RUMP_MNT_UPDATE | RUMP_MNT_RELOAD, READ_ONLY = RUMP_MNT_RDONLY, MINFREE = 60, BLOCK = 8192 };

/* Puts what the copy holds into the image, as a checker writes in place. */
static void
write_underneath(void)
{
	size_t length;
	unsigned char *bytes = read_host_file("copy.ffs", &length);
	int image = open("image.ffs", O_WRONLY);

	HOLDS(image != -1 && pwrite(image, bytes, length, 0) == (ssize_t)length && close(image) == 0);
	free(bytes);
}

static void
change_copy(void (*change)(void))
{
	HOLDS(copy_host_file("image.ffs", "copy.ffs"));
	attach("/dev/copy", "copy.ffs");
	OK(try_mount("/dev/copy", "/c", 0));
	change();
	OK(rump_sys_unmount("/c", 0));
	EQUAL(rump_pub_etfs_remove("/dev/copy"), 0);
}

static void
first_changes(void)
{
	make_pattern_file("/c/new", 30000, 11);
	make_pattern_file("/c/kept", 50000, 12);
	OK(rump_sys_unlink("/c/lost"));
	OK(rump_sys_unlink("/c/replaced"));
	OK(rump_sys_mkdir("/c/replaced", 0755));
	make_pattern_file("/c/directory/later", 3 * BLOCK, 13);
	OK(rump_sys_rename("/c/moved", "/c/directory/moved"));
	OK(rump_sys_chmod("/c/kept", 0600));
}

static void
second_changes(void)
{
	make_pattern_file("/c/kept", 100, 21);
	OK(rump_sys_unlink("/c/new"));
}

int
main(int count, char **arguments)
{
	char byte;

	boot_in_ffs(count, arguments, "8m", "bsize=8192,fsize=1024,minfree=5");
	OK(rump_sys_mkdir("/c", 0755));
	make_pattern_file("kept", 50000, 1);
	make_pattern_file("lost", 2000, 2);
	make_pattern_file("replaced", 3000, 3);
	make_pattern_file("moved", 4000, 4);
	OK(rump_sys_mkdir("directory", 0755));
	/* Only of what is read-only. */
	FAILS(try_mount(DEVICE, "/m", UPDATE), RUMP_EINVAL);
	OK(try_mount(DEVICE, "/m", RUMP_MNT_UPDATE | READ_ONLY));

	int kept = OK(rump_sys_open("kept", RUMP_O_RDONLY)), lost = OK(rump_sys_open("lost", RUMP_O_RDONLY)),
	    moved = OK(rump_sys_open("moved", RUMP_O_RDONLY)), directory = OK(rump_sys_open("directory", RUMP_O_RDONLY));
	expect_pattern("kept", 50000, 1);
	expect_pattern("lost", 2000, 2);
	expect_pattern("replaced", 3000, 3);
	HOLDS(!exists("new") && !exists("directory/later"));
	struct rump_netbsd_statvfs before = space_of("/m");

	change_copy(first_changes);
	write_underneath();
	/* Not before it is asked for. */
	HOLDS(!exists("new") && exists("lost"));
	expect_pattern("kept", 50000, 1);
	OK(try_mount(DEVICE, "/m", UPDATE | READ_ONLY));
	HOLDS(space_of("/m").f_flag & READ_ONLY);
	HOLDS(space_of("/m").f_bfree < before.f_bfree);
	expect_pattern("new", 30000, 11);
	expect_pattern("kept", 50000, 12);
	EQUAL(status_of("kept").st_mode & 0777, 0600);
	expect_pattern("directory/later", 3 * BLOCK, 13);
	expect_pattern("directory/moved", 4000, 4);
	HOLDS(!exists("lost") && !exists("moved"));
	HOLDS((status_of("replaced").st_mode & 0170000) == 0040000);
	EQUAL(each_name(".", NULL, NULL), 4);
	/* What is open is what it is on the image now. */
	unsigned char *bytes = pattern(50000, 12), *found = malloc(50001);
	EQUAL(OK(rump_sys_pread(kept, found, 50001, 0)), 50000);
	SAME(found, bytes, 50000);
	EQUAL(OK(rump_sys_pread(moved, &byte, 1, 3999)), 1);
	OK(rump_sys_fchdir(directory));
	HOLDS(exists("later"));
	OK(rump_sys_chdir("/m"));
	FAILS(rump_sys_pread(lost, &byte, 1, 0), RUMP_ENOENT);
	FAILS(rump_sys_unlink("new"), RUMP_EROFS);
	OK(rump_sys_close(lost));

	/* With an upgrade, as after a checker: what was read anew is what is written on. */
	change_copy(second_changes);
	write_underneath();
	OK(try_mount(DEVICE, "/m", UPDATE));
	HOLDS((space_of("/m").f_flag & READ_ONLY) == 0 && !exists("new"));
	expect_pattern("kept", 100, 21);
	make_pattern_file("new", 70000, 31);
	/* And a downgrade before. */
	OK(try_mount(DEVICE, "/m", UPDATE | READ_ONLY));
	expect_pattern("new", 70000, 31);
	EQUAL(OK(rump_sys_pread(kept, found, 50001, 0)), 100);
	HOLDS(!in_turn(0, 20) || system("${CHECKER:?} --require-clean image.ffs >.check") == 0);

	/* tunefs. */
	before = space_of("/m");
	struct raw_image image = open_raw("image.ffs");
	put_raw_number(&image, image.superblock + MINFREE, 4, 20);
	EQUAL(space_of("/m").f_bresvd, before.f_bresvd);
	OK(try_mount(DEVICE, "/m", UPDATE | READ_ONLY));
	HOLDS(space_of("/m").f_bresvd > 3 * before.f_bresvd);
	EQUAL(space_of("/m").f_bfree, before.f_bfree);
	/* Another file system in its place is refused, and so is none; the mount goes on as it is. */
	uint64_t ipg = superblock_field(&image, 184), magic = superblock_field(&image, 1372);

	put_raw_number(&image, image.superblock + 184, 4, ipg / 2);
	FAILS(try_mount(DEVICE, "/m", UPDATE | READ_ONLY), RUMP_EINVAL);
	put_raw_number(&image, image.superblock + 184, 4, ipg);
	put_raw_number(&image, image.superblock + 1372, 4, 0);
	FAILS(try_mount(DEVICE, "/m", UPDATE), RUMP_EINVAL);
	put_raw_number(&image, image.superblock + 1372, 4, magic);
	close(image.descriptor);
	expect_pattern("new", 70000, 31);
	FAILS(rump_sys_unlink("new"), RUMP_EROFS);
	OK(try_mount(DEVICE, "/m", UPDATE));
	OK(rump_sys_unlink("new"));
	OK(rump_sys_close(kept));
	OK(rump_sys_close(moved));
	OK(rump_sys_close(directory));
	unmount_image();
	HOLDS(unlink("copy.ffs") == 0);
	return 0;
}
