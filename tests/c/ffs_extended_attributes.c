/* needs: fs_ffs vfs */
/* formats: ufs1le ufs1be */
/* Extended attributes on UFS1: set, read, listed, removed, by path, descriptor and link, of files of all kinds; where they lie. */
#include "backing_file.h"

#define SIZE 40

/* Files of both byte orders at once, whatever the file system's. */
static void
prepare(void)
{
	make_directories();
	make_backing_file("/m/.attribute/user/little", LITTLE, SIZE);
	make_backing_file("/m/.attribute/user/big", BIG, SIZE);
	make_backing_file("/m/.attribute/system/own", BIG, 3);
	make_file("f", "x", 1);
	make_file("g", "x", 1);
	OK(rump_sys_symlink("f", "l"));
	OK(rump_sys_mkdir("d", 0755));
	OK(rump_sys_mknod("fifo", 0010644, 0));
	OK(start_attributes());
}

static void
values(void)
{
	char value[SIZE + 1], found[SIZE + 1];

	EQUAL(set_attribute("f", USER, "little", "first"), 5);
	EQUAL(set_attribute("f", USER, "big", "second value"), 12);
	EQUAL(set_attribute("f", SYSTEM, "own", "abc"), 3);
	expect_text("f", USER, "little", "first");
	expect_text("l", USER, "big", "second value");
	expect_text("f", SYSTEM, "own", "abc");
	FAILS(rump_sys_extattr_get_file("g", USER, "little", found, 1), RUMP_ENODATA);
	FAILS(rump_sys_extattr_get_file("f", SYSTEM, "little", found, 1), RUMP_ENODATA);
	/* Replaced by a shorter one, and read in part. */
	EQUAL(set_attribute("f", USER, "big", "2nd"), 3);
	expect_text("f", USER, "big", "2nd");
	EQUAL(rump_sys_extattr_get_file("f", USER, "big", found, 2), 2);
	SAME(found, "2n", 2);
	EQUAL(rump_sys_extattr_get_file("f", USER, "big", found, 0), 0);
	/* Nothing at all is a value, too. */
	EQUAL(set_attribute("g", USER, "little", ""), 0);
	expect_text("g", USER, "little", "");
	/* As much as fits, and one more byte. */
	memset(value, 'v', sizeof value);
	EQUAL(rump_sys_extattr_set_file("f", USER, "little", value, SIZE), SIZE);
	FAILS(rump_sys_extattr_set_file("f", USER, "little", value, SIZE + 1), RUMP_ENXIO);
	FAILS(rump_sys_extattr_set_file("f", USER, "little", value, 1 << 30), RUMP_ENXIO);
	FAILS(rump_sys_extattr_set_file("f", USER, "little", value, 1ul << 31), RUMP_EINVAL);
	FAILS(rump_sys_extattr_get_file("f", USER, "little", found, 1ul << 31), RUMP_EINVAL);
	FAILS(rump_sys_extattr_set_file("f", USER, "little", NULL, 1), RUMP_EFAULT);
	FAILS(rump_sys_extattr_get_file("f", USER, "little", (void *)8, SIZE), RUMP_EFAULT);
	FAILS(rump_sys_extattr_list_file("f", USER, (void *)8, SIZE), RUMP_EFAULT);
	expect_attribute("f", USER, "little", value, SIZE);
	expect_slot(".attribute/user/little", LITTLE, SIZE, "f", value, SIZE);
	expect_slot(".attribute/user/big", BIG, SIZE, "f", "2nd", 3);
	expect_slot(".attribute/system/own", BIG, 3, "f", "abc", 3);
	expect_slot(".attribute/user/little", LITTLE, SIZE, "g", "", 0);
}

static void
ways(void)
{
	int file = OK(rump_sys_open("f", RUMP_O_RDONLY)), directory = OK(rump_sys_open("d", RUMP_O_RDONLY));
	char found[SIZE];

	EQUAL(rump_sys_extattr_set_fd(file, USER, "big", "by number", 9), 9);
	EQUAL(rump_sys_extattr_get_fd(file, USER, "big", found, sizeof found), 9);
	SAME(found, "by number", 9);
	EQUAL(rump_sys_extattr_list_fd(file, USER, found, sizeof found), 11);
	SAME(found, "\3big\6little", 11);
	EQUAL(rump_sys_extattr_set_link("l", USER, "big", "the link's", 10), 10);
	EQUAL(rump_sys_extattr_get_link("l", USER, "big", found, sizeof found), 10);
	SAME(found, "the link's", 10);
	EQUAL(rump_sys_extattr_list_link("l", USER, found, sizeof found), 4);
	expect_text("f", USER, "big", "by number");
	OK(rump_sys_extattr_delete_link("l", USER, "big"));
	FAILS(rump_sys_extattr_delete_link("l", USER, "big"), RUMP_ENODATA);
	EQUAL(rump_sys_extattr_set_fd(directory, SYSTEM, "own", "dir", 3), 3);
	expect_text("d", SYSTEM, "own", "dir");
	EQUAL(set_attribute("fifo", USER, "big", "a fifo's"), 8);
	expect_text("fifo", USER, "big", "a fifo's");
	EQUAL(set_attribute("/m", USER, "big", "the root's"), 10);
	expect_text(".", USER, "big", "the root's");
	OK(rump_sys_extattr_delete_fd(file, USER, "big"));
	FAILS(rump_sys_extattr_delete_file("f", USER, "big"), RUMP_ENODATA);
	expect_names("f", USER, "\6little", 7);
	expect_names("f", SYSTEM, "\3own", 4);
	expect_free_slot(".attribute/user/big", slot_place("f", SIZE));
	OK(rump_sys_close(file));
	OK(rump_sys_close(directory));
}

static void
linux_calls(void)
{
	char found[100];

	OK(rump_sys_setxattr("g", "big", "one", 3, 1));
	FAILS(rump_sys_setxattr("g", "big", "two", 3, 1), RUMP_EEXIST);
	FAILS(rump_sys_setxattr("f", "big", "two", 3, 2), RUMP_ENODATA);
	OK(rump_sys_setxattr("g", "big", "three", 5, 2));
	FAILS(rump_sys_setxattr("g", "absent", "two", 3, 2), RUMP_ENODATA);
	EQUAL(rump_sys_getxattr("g", "big", found, sizeof found), 5);
	FAILS(rump_sys_getxattr("g", "big", found, 4), RUMP_ERANGE);
	EQUAL(rump_sys_getxattr("g", "big", NULL, 0), 5);
	EQUAL(rump_sys_listxattr("g", found, sizeof found), 11);
	SAME(found, "big\0little", 11);
	OK(rump_sys_removexattr("g", "big"));
	FAILS(rump_sys_removexattr("g", "big"), RUMP_ENODATA);
}

/* Others need the file's permissions for the user's, and never get at the system's. */
static void
somebody_else(void)
{
	char found[10];

	OK(rump_sys_chmod("f", 0604));
	OK(rump_sys_chmod("g", 0602));
	new_process_of(7, 7);
	EQUAL(rump_sys_extattr_get_file("f", USER, "little", found, 1), 1);
	EQUAL(rump_sys_extattr_list_file("f", USER, NULL, 0), 7);
	FAILS(set_attribute("f", USER, "little", "x"), RUMP_EACCES);
	FAILS(rump_sys_extattr_delete_file("f", USER, "little"), RUMP_EACCES);
	EQUAL(set_attribute("g", USER, "little", "x"), 1);
	FAILS(rump_sys_extattr_get_file("g", USER, "little", found, 1), RUMP_EACCES);
	FAILS(rump_sys_extattr_list_file("g", USER, found, 1), RUMP_EACCES);
	FAILS(rump_sys_extattr_get_file("f", SYSTEM, "own", found, 1), RUMP_EPERM);
	FAILS(rump_sys_extattr_list_file("f", SYSTEM, found, 1), RUMP_EPERM);
	FAILS(set_attribute("g", SYSTEM, "own", "x"), RUMP_EPERM);
	/* Nor does anybody else make files for new attributes. */
	FAILS(set_attribute("g", USER, "new", "x"), RUMP_ENODATA);
	rump_pub_lwproc_releaselwp();
	OK(rump_sys_chdir("/m"));
}

int
main(int count, char **arguments)
{
	boot_in_ffs(count, arguments, "4m", "density=4096");
	prepare();
	values();
	ways();
	linux_calls();
	somebody_else();
	/* All of it is there after the next mount. */
	expect_text("g", USER, "little", "x");
	mount_again();
	FAILS(rump_sys_extattr_list_file("f", USER, NULL, 0), RUMP_EOPNOTSUPP);
	OK(start_attributes());
	expect_names("f", USER, "\6little", 7);
	expect_text("f", SYSTEM, "own", "abc");
	expect_text("d", SYSTEM, "own", "dir");
	expect_text("g", USER, "little", "x");
	expect_text("/m", USER, "big", "the root's");
	unmount_image();
	return 0;
}
