/* needs: fs_tmpfs vfs */
/* The same attributes through Linux's calls: prefixes, create and replace, ERANGE for buffers that are too short. */
#include "check.h"

int
main(void)
{
	enum { CREATE = 1, REPLACE };
	char buffer[100];

	boot_in_tmpfs();
	make_file("f", "x", 1);
	OK(rump_sys_setxattr("f", "user.a", "12345", 5, CREATE));
	FAILS(rump_sys_setxattr("f", "user.a", "1", 1, CREATE), RUMP_EEXIST);
	FAILS(rump_sys_setxattr("f", "user.b", "1", 1, REPLACE), RUMP_ENODATA);
	FAILS(rump_sys_setxattr("f", "user.a", "1", 1, 4), RUMP_EINVAL);
	FAILS(rump_sys_setxattr("f", "", "1", 1, 0), RUMP_EINVAL);
	EQUAL(rump_sys_getxattr("f", "user.a", NULL, 0), 5);
	FAILS(rump_sys_getxattr("f", "user.a", buffer, 4), RUMP_ERANGE);
	EQUAL(rump_sys_getxattr("f", "user.a", buffer, sizeof buffer), 5);
	EQUAL(memcmp(buffer, "12345", 5), 0);
	/* The prefix is part of the name; names without one that is known are the user's. */
	EQUAL(rump_sys_extattr_get_file("f", 1, "user.a", buffer, sizeof buffer), 5);
	FAILS(rump_sys_extattr_get_file("f", 1, "a", buffer, sizeof buffer), RUMP_ENODATA);
	OK(rump_sys_setxattr("f", "colour.a", "12", 2, 0));
	EQUAL(rump_sys_extattr_get_file("f", 1, "colour.a", buffer, sizeof buffer), 2);
	OK(rump_sys_extattr_delete_file("f", 1, "colour.a"));
	OK(rump_sys_setxattr("f", "trusted.t", "s", 1, 0));
	EQUAL(rump_sys_extattr_get_file("f", 2, "trusted.t", buffer, sizeof buffer), 1);
	EQUAL(rump_sys_listxattr("f", NULL, 0), 17);
	FAILS(rump_sys_listxattr("f", buffer, 16), RUMP_ERANGE);
	EQUAL(rump_sys_listxattr("f", buffer, sizeof buffer), 17);
	EQUAL(memcmp(buffer, "user.a\0trusted.t", 17), 0);
	int file = OK(rump_sys_open("f", RUMP_O_RDONLY));
	OK(rump_sys_fsetxattr(file, "user.f", "by descriptor", 13, CREATE));
	EQUAL(rump_sys_getxattr("f", "user.f", buffer, sizeof buffer), 13);
	OK(rump_sys_removexattr("f", "user.f"));
	OK(rump_sys_fremovexattr(file, "trusted.t"));
	EQUAL(rump_sys_flistxattr(file, NULL, 0), 7);
	OK(rump_sys_removexattr("f", "user.a"));
	FAILS(rump_sys_fgetxattr(file, "user.a", buffer, 1), RUMP_ENODATA);
	OK(rump_sys_symlink("f", "l"));
	OK(rump_sys_lsetxattr("l", "user.own", "z", 1, 0));
	FAILS(rump_sys_getxattr("l", "user.own", buffer, 9), RUMP_ENODATA);
	EQUAL(rump_sys_lgetxattr("l", "user.own", buffer, 9), 1);
	EQUAL(rump_sys_llistxattr("l", NULL, 0), 9);
	OK(rump_sys_lremovexattr("l", "user.own"));
	return 0;
}
