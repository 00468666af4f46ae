/* needs: fs_tmpfs vfs */
/* The *at calls: relative to a directory, absolute, AT_FDCWD, a file or nothing as descriptor. */
#include "check.h"

int
main(void)
{
	char buffer[sizeof(Status)], text[8];

	boot_in_tmpfs();
	OK(rump_sys_mkdir("d", 0777));
	make_empty("f");
	int directory = OK(rump_sys_open("d", RUMP_O_RDONLY));
	int file = OK(rump_sys_open("f", RUMP_O_RDONLY));
	OK(rump_sys_openat(directory, "x", RUMP_O_CREAT | RUMP_O_RDWR, 0666));
	HOLDS(exists("d/x"));
	OK(rump_sys_fstatat(directory, "x", (struct stat *)buffer, 0));
	OK(rump_sys_fstatat(file, "/t/f", (struct stat *)buffer, 0));
	OK(rump_sys_fstatat(-1, "/t/f", (struct stat *)buffer, 0));
	FAILS(rump_sys_fstatat(file, "x", (struct stat *)buffer, 0), RUMP_ENOTDIR);
	FAILS(rump_sys_fstatat(99, "x", (struct stat *)buffer, 0), RUMP_EBADF);
	FAILS(rump_sys_fstatat(-1, "x", (struct stat *)buffer, 0), RUMP_EBADF);
	FAILS(rump_sys_openat(file, "x", RUMP_O_RDONLY), RUMP_ENOTDIR);
	FAILS(rump_sys_openat(99, "x", RUMP_O_RDONLY), RUMP_EBADF);
	OK(rump_sys_mkdirat(directory, "sub", 0777));
	OK(rump_sys_mkfifoat(directory, "p", 0666));
	OK(rump_sys_symlinkat("x", directory, "l"));
	EQUAL(OK(rump_sys_readlinkat(directory, "l", text, sizeof text)), 1);
	OK(rump_sys_linkat(directory, "x", N_AT_FDCWD, "y", 0));
	EQUAL(status_of("y").st_nlink, 2);
	OK(rump_sys_renameat(N_AT_FDCWD, "y", directory, "z"));
	HOLDS(exists("d/z"));
	OK(rump_sys_fchmodat(directory, "x", 0604, 0));
	EQUAL(status_of("d/x").st_mode & 0777, 0604);
	OK(rump_sys_fchownat(directory, "x", 3, 4, 0));
	EQUAL(status_of("d/x").st_uid, 3);
	OK(rump_sys_faccessat(directory, "x", 0, 0));
	FAILS(rump_sys_unlinkat(directory, "sub", 0), RUMP_EPERM);
	FAILS(rump_sys_unlinkat(directory, "x", N_AT_REMOVEDIR), RUMP_ENOTDIR);
	OK(rump_sys_unlinkat(directory, "sub", N_AT_REMOVEDIR));
	OK(rump_sys_unlinkat(directory, "x", 0));
	OK(rump_sys_fstatat(directory, "l", (struct stat *)buffer, N_AT_SYMLINK_NOFOLLOW));
	FAILS(rump_sys_fstatat(directory, "l", (struct stat *)buffer, 0), RUMP_ENOENT);
	/* Elsewhere or renamed, the descriptor is the same directory. */
	OK(rump_sys_chdir("/"));
	OK(rump_sys_rename("/t/d", "/t/renamed"));
	OK(rump_sys_fstatat(directory, "z", (struct stat *)buffer, 0));
	OK(rump_sys_fstatat(directory, "../f", (struct stat *)buffer, 0));
	FAILS(rump_sys_fstatat(directory, "", (struct stat *)buffer, 0), RUMP_ENOENT);
	return 0;
}
