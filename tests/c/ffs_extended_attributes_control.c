/* needs: fs_ffs fs_tmpfs vfs */
/* formats: ufs1le ufs1be ufs2le ufs2be */
/* extattrctl(2): starting, stopping, single attributes, with the mount; what is refused. UFS2 has none to start. */
#include "backing_file.h"
#include "sysctl.h"

static int
enable(const char *file, int space, const char *name)
{
	return rump_sys_extattrctl("/m", ATTRIBUTE_ENABLE, file, space, name);
}

static int
disable(int space, const char *name)
{
	return rump_sys_extattrctl("/m", ATTRIBUTE_DISABLE, NULL, space, name);
}

static bool
has_flag(void)
{
	return (space_of("/m").f_flag & RUMP_MNT_EXTATTR) != 0;
}

static void
ufs2(void)
{
	char found[1];

	make_directories();
	make_backing_file("/m/b", LITTLE, 10);
	FAILS(start_attributes(), RUMP_EOPNOTSUPP);
	FAILS(stop_attributes(), RUMP_EOPNOTSUPP);
	FAILS(enable("/m/b", USER, "a"), RUMP_EOPNOTSUPP);
	FAILS(disable(USER, "a"), RUMP_EOPNOTSUPP);
	FAILS(set_attribute("/m", USER, "a", "x"), RUMP_EOPNOTSUPP);
	FAILS(rump_sys_extattr_get_file("/m", USER, "a", found, 1), RUMP_EOPNOTSUPP);
	unmount_image();
	mount_image(RUMP_MNT_EXTATTR);
	HOLDS(!has_flag());
	OK(try_mount(NULL, "/m", RUMP_MNT_UPDATE | RUMP_MNT_EXTATTR));
	HOLDS(!has_flag());
	unmount_image();
}

static void
starting(void)
{
	/* Nothing is kept before attributes are started, nor can they be without their directory. */
	FAILS(set_attribute("/m", USER, "a", "x"), RUMP_EOPNOTSUPP);
	FAILS(start_attributes(), RUMP_ENOENT);
	OK(stop_attributes());
	make_empty("/m/.attribute");
	FAILS(start_attributes(), RUMP_ENOTDIR);
	OK(rump_sys_unlink("/m/.attribute"));
	make_backing_file("/m/b", LITTLE, 10);
	FAILS(enable("/m/b", USER, "a"), RUMP_EOPNOTSUPP);
	FAILS(disable(USER, "a"), RUMP_ENODATA);
	OK(rump_sys_mkdir("/m/.attribute", 0755));
	OK(start_attributes());
	FAILS(start_attributes(), RUMP_EBUSY);
	expect_names("/m", USER, "", 0);
	/* Without directories for single attributes none can be made in passing. */
	FAILS(set_attribute("/m", USER, "a", "x"), RUMP_ENODATA);
	OK(rump_sys_symlink("/m", "/m/.attribute/user"));
	FAILS(set_attribute("/m", USER, "a", "x"), RUMP_ENODATA);
	OK(rump_sys_unlink("/m/.attribute/user"));
	OK(stop_attributes());
	OK(stop_attributes());
	FAILS(set_attribute("/m", USER, "a", "x"), RUMP_EOPNOTSUPP);
}

static void
arguments_that_do_not_fit(void)
{
	char longest[300];

	FAILS(rump_sys_extattrctl("/m", ATTRIBUTES_START, "/m/b", 0, NULL), RUMP_EINVAL);
	FAILS(rump_sys_extattrctl("/m", ATTRIBUTES_START, NULL, USER, "a"), RUMP_EINVAL);
	FAILS(rump_sys_extattrctl("/m", ATTRIBUTES_STOP, "/m/b", 0, NULL), RUMP_EINVAL);
	FAILS(rump_sys_extattrctl("/m", ATTRIBUTES_STOP, NULL, USER, "a"), RUMP_EINVAL);
	FAILS(rump_sys_extattrctl("/m", ATTRIBUTE_ENABLE, NULL, USER, "a"), RUMP_EINVAL);
	FAILS(rump_sys_extattrctl("/m", ATTRIBUTE_ENABLE, "/m/b", USER, NULL), RUMP_EINVAL);
	FAILS(rump_sys_extattrctl("/m", ATTRIBUTE_DISABLE, "/m/b", USER, "a"), RUMP_EINVAL);
	FAILS(rump_sys_extattrctl("/m", ATTRIBUTE_DISABLE, NULL, USER, NULL), RUMP_EINVAL);
	FAILS(rump_sys_extattrctl("/m", 0, NULL, 0, NULL), RUMP_EINVAL);
	FAILS(rump_sys_extattrctl("/m", 5, NULL, 0, NULL), RUMP_EINVAL);
	FAILS(enable("/m/b", 0, "a"), RUMP_EINVAL);
	FAILS(enable("/m/b", 3, "a"), RUMP_EINVAL);
	FAILS(enable("/m/b", USER, ""), RUMP_EINVAL);
	FAILS(disable(USER, ""), RUMP_EINVAL);
	FAILS(enable("/m/none", USER, "a"), RUMP_ENOENT);
	FAILS(rump_sys_extattrctl("/m/none", ATTRIBUTES_STOP, NULL, 0, NULL), RUMP_ENOENT);
	FAILS(rump_sys_extattrctl((void *)8, ATTRIBUTES_STOP, NULL, 0, NULL), RUMP_EFAULT);
	FAILS(rump_sys_extattrctl("/m", ATTRIBUTE_DISABLE, NULL, USER, (void *)8), RUMP_EFAULT);
	memset(longest, 'n', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	FAILS(enable("/m/b", USER, longest), RUMP_ENAMETOOLONG);
}

static void
single_attributes(void)
{
	OK(start_attributes());
	arguments_that_do_not_fit();
	FAILS(enable("/m", USER, "a"), RUMP_EINVAL);
	OK(rump_sys_symlink("b", "/m/to-b"));
	OK(enable("/m/to-b", USER, "a"));
	FAILS(enable("/m/b", USER, "a"), RUMP_EEXIST);
	OK(enable("/m/b", SYSTEM, "a"));
	EQUAL(set_attribute("/m", USER, "a", "x"), 1);
	/* The same slots under another name. */
	expect_text("/m", SYSTEM, "a", "x");
	OK(disable(SYSTEM, "a"));
	FAILS(disable(SYSTEM, "a"), RUMP_ENODATA);
	expect_text("/m", USER, "a", "x");
	OK(disable(USER, "a"));
	FAILS(rump_sys_extattr_get_file("/m", USER, "a", NULL, 0), RUMP_ENODATA);
	OK(enable("/m/b", USER, "a"));
	expect_text("/m", USER, "a", "x");
	/* A file that is read only by its flags, and one that may grow only. */
	OK(rump_sys_chflags("/m/b", 2));
	FAILS(set_attribute("/m", USER, "a", "y"), RUMP_EPERM);
	OK(rump_sys_chflags("/m/b", 4));
	OK(disable(USER, "a"));
	FAILS(enable("/m/b", USER, "a"), RUMP_EPERM);
	OK(rump_sys_chflags("/m/b", 0));
	/* Nobody but the superuser. */
	new_process();
	OK(rump_sys_setuid(7));
	FAILS(start_attributes(), RUMP_EPERM);
	FAILS(stop_attributes(), RUMP_EPERM);
	FAILS(enable("/m/b", USER, "a"), RUMP_EPERM);
	FAILS(disable(USER, "a"), RUMP_EPERM);
	rump_pub_lwproc_releaselwp();
}

/* A backing file on another mount keeps that one busy, and goes with force. */
static void
file_on_another_mount(void)
{
	OK(rump_sys_mkdir("/t", 0777));
	OK(try_mount_tmpfs("/t", 0, 0, 0));
	make_backing_file("/t/b", BIG, 10);
	OK(enable("/t/b", USER, "there"));
	EQUAL(set_attribute("/m", USER, "there", "far away"), 8);
	expect_text("/m", USER, "there", "far away");
	expect_slot("/t/b", BIG, 10, "/m", "far away", 8);
	FAILS(rump_sys_unmount("/t", 0), RUMP_EBUSY);
	OK(rump_sys_unmount("/t", RUMP_MNT_FORCE));
	FAILS(rump_sys_extattr_get_file("/m", USER, "there", NULL, 0), RUMP_EIO);
	FAILS(set_attribute("/m", USER, "there", "x"), RUMP_EIO);
	FAILS(rump_sys_extattr_list_file("/m", USER, NULL, 0), RUMP_EIO);
	OK(disable(USER, "there"));
	expect_names("/m", USER, "", 0);
}

static void
with_the_mount(void)
{
	OK(rump_sys_mkdir("/m/.attribute/user", 0755));
	OK(rump_sys_mkdir("/m/.attribute/user/directory", 0755));
	make_empty("/m/.attribute/user/empty");
	OK(rump_sys_symlink("good", "/m/.attribute/user/link"));
	for (int number = 0; number < 100; number++) {
		char path[64];

		snprintf(path, sizeof path, "/m/.attribute/user/good-%02d", number);
		make_backing_file(path, number % 2 ? LITTLE : BIG, 5);
	}
	unmount_image();
	mount_image(RUMP_MNT_EXTATTR);
	HOLDS(has_flag());
	/* Started attributes are no use of the mount; a file that is open is, and then they stay. */
	for (int number = 0; number < 100; number++) {
		char name[16];

		snprintf(name, sizeof name, "good-%02d", number);
		EQUAL(set_attribute("/m", USER, name, name + 5), 2);
	}
	int file = OK(rump_sys_open("/m/b", RUMP_O_RDONLY));
	OK(rump_sys_chdir("/"));
	FAILS(rump_sys_unmount("/m", 0), RUMP_EBUSY);
	OK(rump_sys_close(file));
	file = OK(rump_sys_open("/m/.attribute/user/good-00", RUMP_O_RDONLY));
	FAILS(rump_sys_unmount("/m", 0), RUMP_EBUSY);
	OK(rump_sys_close(file));
	EQUAL(rump_sys_extattr_list_file("/m", USER, NULL, 0), 800);
	expect_text("/m", USER, "good-57", "57");
	FAILS(rump_sys_extattr_get_file("/m", USER, "empty", NULL, 0), RUMP_ENODATA);
	/* By updates of the mount. */
	OK(try_mount(NULL, "/m", RUMP_MNT_UPDATE | RUMP_MNT_EXTATTR));
	HOLDS(has_flag());
	expect_text("/m", USER, "good-00", "00");
	OK(try_mount(NULL, "/m", RUMP_MNT_UPDATE));
	HOLDS(!has_flag());
	FAILS(rump_sys_extattr_get_file("/m", USER, "good-00", NULL, 0), RUMP_EOPNOTSUPP);
	OK(try_mount(NULL, "/m", RUMP_MNT_UPDATE | RUMP_MNT_EXTATTR));
	HOLDS(has_flag());
	expect_text("/m", USER, "good-99", "99");
	unmount_image();
	/* By force, with attributes started and a file open. */
	mount_image(RUMP_MNT_EXTATTR);
	file = OK(rump_sys_open("/m/b", RUMP_O_RDONLY));
	OK(rump_sys_chdir("/"));
	OK(rump_sys_unmount("/m", RUMP_MNT_FORCE));
	FAILS(rump_sys_extattr_list_fd(file, USER, NULL, 0), RUMP_EOPNOTSUPP);
	OK(rump_sys_close(file));
	/* Where there is nothing to start the flag goes. */
	mount_image(0);
	OK(rump_sys_rename("/m/.attribute", "/m/away"));
	unmount_image();
	mount_image(RUMP_MNT_EXTATTR);
	HOLDS(!has_flag());
	OK(rump_sys_rename("/m/away", "/m/.attribute"));
	unmount_image();
}

/* Files for new attributes: as large as sysctl says, and only where they may be. */
static void
made_in_passing(void)
{
	const int name[] = { 3, 1, 6 };
	int32_t size = 0;
	size_t length = sizeof size;
	char value[1100];

	memset(value, 'v', sizeof value);
	mount_image(RUMP_MNT_EXTATTR);
	OK(rump_sys___sysctl(name, 3, &size, &length, NULL, 0));
	EQUAL(size, 1024);
	EQUAL(rump_sys_extattr_set_file("/m", USER, "new", value, 1024), 1024);
	expect_slot("/m/.attribute/user/new", LITTLE, 1024, "/m", value, 1024);
	EQUAL(status_of("/m/.attribute/user/new").st_mode, 0100600);
	EQUAL(status_of("/m/.attribute/user/new").st_size, 8192);
	FAILS(rump_sys_extattr_set_file("/m", USER, "new", value, 1025), RUMP_ENXIO);
	size = 7;
	OK(rump_sys___sysctl(name, 3, NULL, NULL, &size, sizeof size));
	size = -1;
	FAILS(rump_sys___sysctl(name, 3, NULL, NULL, &size, sizeof size), RUMP_EINVAL);
	EQUAL(set_attribute("/m", USER, "newer", "1234567"), 7);
	expect_slot("/m/.attribute/user/newer", LITTLE, 7, "/m", "1234567", 7);
	FAILS(set_attribute("/m", USER, "newer", "12345678"), RUMP_ENXIO);
	/* There is a file of that name, but no attribute: it is not taken. */
	FAILS(set_attribute("/m", USER, "empty", "x"), RUMP_ENODATA);
	FAILS(set_attribute("/m", USER, "directory", "x"), RUMP_ENODATA);
	FAILS(set_attribute("/m", USER, "directory/below", "x"), RUMP_ENODATA);
	FAILS(set_attribute("/m", USER, "..", "x"), RUMP_ENODATA);
	FAILS(set_attribute("/m", USER, ".", "x"), RUMP_ENODATA);
	FAILS(set_attribute("/m", SYSTEM, "new", "x"), RUMP_ENODATA);
	FAILS(rump_sys_open("/m/.attribute/user/directory/below", RUMP_O_RDONLY), RUMP_ENOENT);
	/* Somebody who may write the directory makes one of his own. */
	OK(rump_sys_chmod("/m/.attribute/user", 0777));
	make_file("/m/his", "x", 1);
	OK(rump_sys_chown("/m/his", 7, 7));
	new_process();
	OK(rump_sys_setuid(7));
	EQUAL(set_attribute("/m/his", USER, "his", "mine"), 4);
	expect_text("/m/his", USER, "his", "mine");
	EQUAL(status_of("/m/.attribute/user/his").st_uid, 7);
	rump_pub_lwproc_releaselwp();
	unmount_image();
}

int
main(int count, char **arguments)
{
	boot_in_ffs(count, arguments, "4m", "density=4096");
	if (is_ufs2()) {
		ufs2();
		return 0;
	}
	starting();
	single_attributes();
	file_on_another_mount();
	with_the_mount();
	made_in_passing();
	return 0;
}
