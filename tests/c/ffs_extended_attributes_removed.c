/* needs: fs_ffs vfs */
/* formats: ufs1le ufs1be */
/* Files that go, and whose number comes back, have no attributes; backing files that go are there until they are let go of. */
#include "backing_file.h"

#define SIZE 30
#define BACKING ".attribute/user/a"

static void
numbers_used_again(void)
{
	bool again = false;

	for (int round = 0; round < 50 && !again; round++) {
		make_file("old", "x", 1);
		EQUAL(set_attribute("old", USER, "a", "the old one's"), 13);
		expect_slot(BACKING, LITTLE, SIZE, "old", "the old one's", 13);
		off_t place = slot_place("old", SIZE);
		ino_t number = status_of("old").st_ino;
		uint32_t generation = generation_of("old");
		OK(rump_sys_unlink("old"));
		expect_free_slot(BACKING, place);
		make_file("new", "x", 1);
		FAILS(rump_sys_extattr_get_file("new", USER, "a", NULL, 0), RUMP_ENODATA);
		if (status_of("new").st_ino == number) {
			again = true;
			HOLDS(generation_of("new") != generation);
			/* Even if somebody puts the old one's value back. */
			put_slot(BACKING, LITTLE, SIZE, "new", 1, 3, generation);
			FAILS(rump_sys_extattr_get_file("new", USER, "a", NULL, 0), RUMP_ENODATA);
			FAILS(rump_sys_extattr_delete_file("new", USER, "a"), RUMP_ENODATA);
			expect_names("new", USER, "", 0);
			put_slot(BACKING, LITTLE, SIZE, "new", 1, 3, generation_of("new"));
			expect_text("new", USER, "a", "the");
		}
		OK(rump_sys_unlink("new"));
	}
	HOLDS(again);
}

/* A file keeps its attributes as long as it is open, and by all of its names. */
static void
open_files_and_names(void)
{
	char found[SIZE];

	make_file("open", "x", 1);
	EQUAL(set_attribute("open", USER, "a", "kept"), 4);
	off_t place = slot_place("open", SIZE);
	OK(rump_sys_link("open", "other"));
	OK(rump_sys_unlink("open"));
	OK(rump_sys_rename("other", "third"));
	expect_text("third", USER, "a", "kept");
	int file = OK(rump_sys_open("third", RUMP_O_RDONLY));
	OK(rump_sys_unlink("third"));
	EQUAL(rump_sys_extattr_get_fd(file, USER, "a", found, sizeof found), 4);
	EQUAL(rump_sys_extattr_set_fd(file, USER, "a", "still", 5), 5);
	OK(rump_sys_close(file));
	expect_free_slot(BACKING, place);
	OK(rump_sys_mkdir("directory", 0755));
	EQUAL(set_attribute("directory", USER, "a", "kept"), 4);
	place = slot_place("directory", SIZE);
	OK(rump_sys_rmdir("directory"));
	expect_free_slot(BACKING, place);
}

/* A backing file holds attributes of its own, too. */
static void
its_own(void)
{
	make_backing_file(".attribute/user/b", BIG, SIZE);
	OK(rump_sys_extattrctl("/m", ATTRIBUTE_ENABLE, ".attribute/user/b", USER, "b"));
	EQUAL(set_attribute(BACKING, USER, "a", "itself"), 6);
	EQUAL(set_attribute(BACKING, USER, "b", "the other"), 9);
	EQUAL(set_attribute(".attribute/user/b", USER, "a", "and back"), 8);
	expect_text(BACKING, USER, "a", "itself");
	expect_text(BACKING, USER, "b", "the other");
	expect_text(".attribute/user/b", USER, "a", "and back");
	expect_names(BACKING, USER, "\1a\1b", 4);
	OK(rump_sys_extattr_delete_file(BACKING, USER, "a"));
	expect_names(BACKING, USER, "\1b", 2);
	EQUAL(set_attribute(BACKING, USER, "a", "itself again"), 12);
}

/* Removed while it is started, a backing file is there until the attribute is let go of: one by one, with all, or at the end. */
static void
backing_files_that_go(void)
{
	uint64_t free_before = space_of("/m").f_ffree;

	for (int way = 0; way < 3; way++) {
		make_backing_file(".attribute/user/c", LITTLE, SIZE);
		OK(rump_sys_extattrctl("/m", ATTRIBUTE_ENABLE, ".attribute/user/c", USER, "c"));
		EQUAL(set_attribute(".attribute/user/c", USER, "a", "of one that goes"), 16);
		OK(rump_sys_unlink(".attribute/user/c"));
		EQUAL(set_attribute("/m", USER, "c", "without a name"), 14);
		expect_text("/m", USER, "c", "without a name");
		EQUAL(space_of("/m").f_ffree, free_before - 1);
		if (way == 0)
			OK(rump_sys_extattrctl("/m", ATTRIBUTE_DISABLE, NULL, USER, "c"));
		else if (way == 1)
			OK(stop_attributes());
		else
			mount_again();
		EQUAL(space_of("/m").f_ffree, free_before);
		if (way > 0)
			OK(start_attributes());
	}
	/* Cut short, it holds nothing. */
	OK(rump_sys_truncate(BACKING, FILE_HEADER));
	expect_names(BACKING, USER, "\1b", 2);
	FAILS(rump_sys_extattr_get_file("/m", USER, "a", NULL, 0), RUMP_ENODATA);
	EQUAL(set_attribute("/m", USER, "a", "grown again"), 11);
	expect_text("/m", USER, "a", "grown again");
}

static void
read_only(void)
{
	OK(try_mount(NULL, "/m", RUMP_MNT_UPDATE | RUMP_MNT_RDONLY));
	expect_text("/m", USER, "a", "grown again");
	FAILS(set_attribute("/m", USER, "a", "x"), RUMP_EROFS);
	FAILS(set_attribute("/m", USER, "new", "x"), RUMP_EROFS);
	FAILS(rump_sys_extattr_delete_file("/m", USER, "a"), RUMP_EROFS);
	FAILS(rump_sys_setxattr("/m", "a", "x", 1, 0), RUMP_EROFS);
	OK(try_mount(NULL, "/m", RUMP_MNT_UPDATE));
	EQUAL(set_attribute("/m", USER, "a", "written"), 7);
	unmount_image();
	mount_image(RUMP_MNT_RDONLY | RUMP_MNT_EXTATTR);
	expect_text("/m", USER, "a", "written");
	expect_names("/m", USER, "\1a", 2);
	FAILS(set_attribute("/m", USER, "a", "x"), RUMP_EROFS);
	FAILS(rump_sys_extattr_delete_file("/m", USER, "a"), RUMP_EROFS);
	OK(stop_attributes());
	OK(start_attributes());
	expect_text("/m", USER, "a", "written");
	unmount_image();
	/* With a backing file that has no name left, a mount does not become read-only unless it must. */
	mount_image(RUMP_MNT_EXTATTR);
	OK(rump_sys_unlink(".attribute/user/b"));
	FAILS(try_mount(NULL, "/m", RUMP_MNT_UPDATE | RUMP_MNT_RDONLY | RUMP_MNT_EXTATTR), RUMP_EBUSY);
	OK(try_mount(NULL, "/m", RUMP_MNT_UPDATE | RUMP_MNT_RDONLY | RUMP_MNT_EXTATTR | RUMP_MNT_FORCE));
	expect_text("/m", USER, "a", "written");
	FAILS(rump_sys_extattr_get_file("/m", USER, "b", NULL, 0), RUMP_ENOENT);
	unmount_image();
}

int
main(int count, char **arguments)
{
	boot_in_ffs(count, arguments, "4m", "density=4096");
	make_directories();
	make_backing_file(BACKING, LITTLE, SIZE);
	OK(start_attributes());
	numbers_used_again();
	open_files_and_names();
	its_own();
	backing_files_that_go();
	read_only();
	return 0;
}
