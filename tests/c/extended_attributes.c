/* needs: fs_tmpfs vfs */
/* Extended attributes by namespace and name: set, read, list, remove; lengths, short buffers, errors. */
#include "check.h"

enum { USER = 1, SYSTEM };

int
main(void)
{
	char buffer[600], longest[300];

	boot_in_tmpfs();
	make_file("f", "x", 1);
	OK(rump_sys_symlink("f", "l"));
	EQUAL(rump_sys_extattr_set_file("f", USER, "first", "value", 5), 5);
	EQUAL(rump_sys_extattr_set_file("f", USER, "second", "", 0), 0);
	EQUAL(rump_sys_extattr_set_file("f", SYSTEM, "first", "other", 5), 5);
	EQUAL(rump_sys_extattr_get_file("f", USER, "first", NULL, 0), 5);
	EQUAL(rump_sys_extattr_get_file("l", USER, "first", buffer, sizeof buffer), 5);
	EQUAL(memcmp(buffer, "value", 5), 0);
	EQUAL(rump_sys_extattr_get_file("f", USER, "first", buffer, 2), 2);
	EQUAL(rump_sys_extattr_get_file("f", USER, "second", buffer, sizeof buffer), 0);
	EQUAL(rump_sys_extattr_list_file("f", USER, NULL, 0), 13);
	EQUAL(rump_sys_extattr_list_file("f", USER, buffer, sizeof buffer), 13);
	EQUAL(memcmp(buffer, "\5first\6second", 13), 0);
	/* The link has its own. */
	FAILS(rump_sys_extattr_get_link("l", USER, "first", buffer, sizeof buffer), RUMP_ENODATA);
	EQUAL(rump_sys_extattr_set_link("l", USER, "of-link", "1", 1), 1);
	EQUAL(rump_sys_extattr_list_link("l", USER, NULL, 0), 8);

	int file = OK(rump_sys_open("f", RUMP_O_RDWR));
	EQUAL(rump_sys_extattr_set_fd(file, USER, "first", "longer value", 12), 12);
	EQUAL(rump_sys_extattr_get_fd(file, USER, "first", buffer, sizeof buffer), 12);
	OK(rump_sys_extattr_delete_fd(file, USER, "first"));
	FAILS(rump_sys_extattr_delete_fd(file, USER, "first"), RUMP_ENODATA);
	EQUAL(rump_sys_extattr_list_fd(file, USER, buffer, sizeof buffer), 7);
	EQUAL(memcmp(buffer, "\6second", 7), 0);
	OK(rump_sys_extattr_delete_file("f", SYSTEM, "first"));
	FAILS(rump_sys_extattr_delete_file("f", SYSTEM, "first"), RUMP_ENODATA);
	EQUAL(rump_sys_extattr_set_file("f", SYSTEM, "first", "again", 5), 5);
	OK(rump_sys_extattr_delete_link("l", USER, "of-link"));
	FAILS(rump_sys_extattr_delete_link("l", USER, "of-link"), RUMP_ENODATA);
	FAILS(rump_sys_extattr_get_fd(99, USER, "first", buffer, 1), RUMP_EBADF);
	FAILS(rump_sys_extattr_get_file("f", 3, "first", buffer, 1), RUMP_EINVAL);
	FAILS(rump_sys_extattr_get_file("f", USER, "", buffer, 1), RUMP_EINVAL);
	memset(longest, 'n', sizeof longest);
	longest[256] = '\0';
	FAILS(rump_sys_extattr_set_file("f", USER, longest, "x", 1), RUMP_ENAMETOOLONG);
	longest[255] = '\0';
	EQUAL(rump_sys_extattr_set_file("f", USER, longest, "x", 1), 1);
	FAILS(rump_sys_extattr_set_file("f", USER, "big", buffer, 1 << 20), RUMP_ENOSPC);
	FAILS(rump_sys_extattrctl("f", 1, NULL, USER, "x"), RUMP_EOPNOTSUPP);
	FAILS(rump_sys_extattr_list_file("none", USER, NULL, 0), RUMP_ENOENT);

	/* Who may not write the file may not write its attributes, and nobody but the superuser touches the system's. */
	OK(rump_sys_chmod("f", 0644));
	OK(rump_sys_chmod(".", 0777));
	new_process();
	OK(rump_sys_setuid(7));
	FAILS(rump_sys_extattr_set_file("f", USER, "mine", "x", 1), RUMP_EACCES);
	EQUAL(rump_sys_extattr_get_file("f", USER, "second", buffer, sizeof buffer), 0);
	FAILS(rump_sys_extattr_get_file("f", SYSTEM, "first", buffer, 9), RUMP_EPERM);
	FAILS(rump_sys_extattrctl("f", 1, NULL, USER, "x"), RUMP_EPERM);
	return 0;
}
