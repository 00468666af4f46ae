/* needs: fs_tmpfs vfs */
/* Slashes in a row are one; a slash at the end asks for a directory. */
#include "check.h"

int
main(void)
{
	char buffer[sizeof(Status)];

	boot_in_tmpfs();
	make_empty("f");
	OK(rump_sys_mkdir("d", 0777));
	make_empty("d/x");
	OK(rump_sys_symlink("d", "ld"));
	OK(rump_sys_symlink("f", "lf"));
	OK(rump_sys_symlink("gone", "dangling"));
	OK(rump_sys_stat("///t//./d///x", (struct stat *)buffer));
	OK(rump_sys_stat("d///", (struct stat *)buffer));
	FAILS(rump_sys_stat("f/", (struct stat *)buffer), RUMP_ENOTDIR);
	FAILS(rump_sys_stat("lf/", (struct stat *)buffer), RUMP_ENOTDIR);
	FAILS(rump_sys_open("f/", RUMP_O_RDONLY), RUMP_ENOTDIR);
	FAILS(rump_sys_unlink("f/"), RUMP_ENOTDIR);
	FAILS(rump_sys_truncate("f/", 0), RUMP_ENOTDIR);
	FAILS(rump_sys_chmod("f/", 0600), RUMP_ENOTDIR);
	FAILS(rump_sys_link("f/", "g"), RUMP_ENOTDIR);
	FAILS(rump_sys_rename("f/", "g"), RUMP_ENOTDIR);
	HOLDS(rump_sys_rename("f", "g/") == -1 && (errno == RUMP_ENOTDIR || errno == RUMP_ENOENT));
	FAILS(rump_sys_rename("f", "d/x/"), RUMP_ENOTDIR);
	HOLDS(exists("f"));
	/* A directory may be named so. */
	OK(rump_sys_mkdir("e/", 0777));
	OK(rump_sys_mkdir("e2///", 0777));
	OK(rump_sys_rename("e/", "e3/"));
	OK(rump_sys_rmdir("e3//"));
	OK(rump_sys_rmdir("e2/"));
	OK(rump_sys_chdir("d/"));
	OK(rump_sys_chdir("/t"));
	/* A link to a directory with a slash behind is the directory. */
	OK(rump_sys_lstat("ld/", (struct stat *)buffer));
	EQUAL(((Status *)buffer)->st_mode & S_IFMT, S_IFDIR);
	FAILS(rump_sys_readlink("ld/", buffer, sizeof buffer), RUMP_EINVAL);
	FAILS(rump_sys_stat("dangling/", (struct stat *)buffer), RUMP_ENOENT);
	return 0;
}
