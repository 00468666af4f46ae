/* needs: fs_tmpfs vfs */
/* A file in the middle of a path is ENOTDIR for every call. */
#include "check.h"

int
main(void)
{
	char buffer[sizeof(Status)];

	boot_in_tmpfs();
	make_empty("f");
	OK(rump_sys_mkfifo("p", 0666));
	OK(rump_sys_symlink("f", "l"));
	static const char *const paths[] = { "f/x", "f/.", "f/..", "p/x", "l/x", "f/x/y" };
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		const char *path = paths[i];
		FAILS(rump_sys_open(path, RUMP_O_RDONLY), RUMP_ENOTDIR);
		FAILS(rump_sys_open(path, RUMP_O_RDWR | RUMP_O_CREAT, 0666), RUMP_ENOTDIR);
		FAILS(rump_sys_stat(path, (struct stat *)buffer), RUMP_ENOTDIR);
		FAILS(rump_sys_mkdir(path, 0777), RUMP_ENOTDIR);
		FAILS(rump_sys_rmdir(path), RUMP_ENOTDIR);
		FAILS(rump_sys_unlink(path), RUMP_ENOTDIR);
		FAILS(rump_sys_chdir(path), RUMP_ENOTDIR);
		FAILS(rump_sys_chmod(path, 0), RUMP_ENOTDIR);
		FAILS(rump_sys_symlink("x", path), RUMP_ENOTDIR);
		FAILS(rump_sys_link(path, "n"), RUMP_ENOTDIR);
		FAILS(rump_sys_link("f", path), RUMP_ENOTDIR);
		FAILS(rump_sys_rename(path, "n"), RUMP_ENOTDIR);
		FAILS(rump_sys_rename("f", path), RUMP_ENOTDIR);
		FAILS(rump_sys_readlink(path, buffer, 5), RUMP_ENOTDIR);
		FAILS(rump_sys_mkfifo(path, 0666), RUMP_ENOTDIR);
	}
	FAILS(rump_sys_chdir("f"), RUMP_ENOTDIR);
	FAILS(rump_sys_chroot("f"), RUMP_ENOTDIR);
	FAILS(rump_sys_rmdir("f"), RUMP_ENOTDIR);
	return 0;
}
