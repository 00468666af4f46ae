/* needs: fs_tmpfs vfs */
/* Paths have up to 1023 bytes and a NUL, after links are followed as well. */
#include "check.h"

int
main(void)
{
	char path[1100], buffer[sizeof(Status)], target[1100];

	boot_in_tmpfs();
	make_empty("f");
	/* ././././f */
	for (int i = 0; i < 1100; i++)
		path[i] = i % 2 ? '/' : '.';
	path[1022] = 'f';
	path[1023] = 0;
	OK(rump_sys_stat(path, (struct stat *)buffer));
	for (int i = 0; i < 1100; i++)
		path[i] = i % 2 ? '/' : '.';
	path[1024] = 0;
	FAILS(rump_sys_stat(path, (struct stat *)buffer), RUMP_ENAMETOOLONG);
	path[1099] = 0;
	FAILS(rump_sys_stat(path, (struct stat *)buffer), RUMP_ENAMETOOLONG);
	FAILS(rump_sys_chdir(path), RUMP_ENAMETOOLONG);
	FAILS(rump_sys_symlink(path, "s"), RUMP_ENAMETOOLONG);
	FAILS(rump_sys_rename("f", path), RUMP_ENAMETOOLONG);
	/* A target and the rest of the path are too long together. */
	memset(target, '/', sizeof target);
	target[600] = 0;
	for (int i = 0; i < 600; i++)
		target[i] = i % 2 ? '/' : '.';
	OK(rump_sys_symlink(target, "link"));
	snprintf(path, sizeof path, "link/%.*sf", 500, target);
	FAILS(rump_sys_stat(path, (struct stat *)buffer), RUMP_ENAMETOOLONG);
	snprintf(path, sizeof path, "link/%.*sf", 400, target);
	OK(rump_sys_stat(path, (struct stat *)buffer));
	return 0;
}
