/* needs: fs_tmpfs vfs */
/* On a read-only mount every call that changes something is EROFS, and reading works. */
#include "check.h"

int
main(void)
{
	char buffer[8];
	struct timespec times[2] = { { 1, 0 }, { 1, 0 } };

	boot_in_tmpfs();
	make_file("f", "data", 4);
	OK(rump_sys_mkdir("d", 0777));
	OK(rump_sys_symlink("f", "l"));
	OK(rump_sys_mkfifo("p", 0666));
	/* A tmpfs takes changes of its flags. */
	OK(try_mount_tmpfs("/t", 0, 0, RUMP_MNT_UPDATE | RUMP_MNT_RDONLY));
	int file = OK(rump_sys_open("f", RUMP_O_RDONLY));
	EQUAL(OK(rump_sys_read(file, buffer, sizeof buffer)), 4);
	FAILS(rump_sys_open("f", RUMP_O_WRONLY), RUMP_EROFS);
	FAILS(rump_sys_open("f", RUMP_O_RDWR), RUMP_EROFS);
	FAILS(rump_sys_open("f", RUMP_O_RDONLY | RUMP_O_TRUNC), RUMP_EROFS);
	FAILS(rump_sys_open("n", RUMP_O_CREAT | RUMP_O_RDWR, 0666), RUMP_EROFS);
	FAILS(rump_sys_truncate("f", 0), RUMP_EROFS);
	FAILS(rump_sys_chmod("f", 0600), RUMP_EROFS);
	FAILS(rump_sys_fchmod(file, 0600), RUMP_EROFS);
	FAILS(rump_sys_chown("f", 1, 1), RUMP_EROFS);
	FAILS(rump_sys_lchown("l", 1, 1), RUMP_EROFS);
	FAILS(rump_sys_chflags("f", N_UF_NODUMP), RUMP_EROFS);
	FAILS(rump_sys_utimes("f", NULL), RUMP_EROFS);
	FAILS(rump_sys_utimensat(N_AT_FDCWD, "f", times, 0), RUMP_EROFS);
	FAILS(rump_sys_unlink("f"), RUMP_EROFS);
	FAILS(rump_sys_rmdir("d"), RUMP_EROFS);
	FAILS(rump_sys_mkdir("n", 0777), RUMP_EROFS);
	FAILS(rump_sys_symlink("x", "n"), RUMP_EROFS);
	FAILS(rump_sys_mkfifo("n", 0666), RUMP_EROFS);
	FAILS(rump_sys_mknod("n", S_IFCHR | 0666, 0x202), RUMP_EROFS);
	FAILS(rump_sys_link("f", "n"), RUMP_EROFS);
	FAILS(rump_sys_rename("f", "n"), RUMP_EROFS);
	FAILS(rump_sys_access("f", W_OK), RUMP_EROFS);
	OK(rump_sys_access("f", R_OK));
	/* Fifos are not kept on the file system. */
	OK(rump_sys_open("p", RUMP_O_RDWR | RUMP_O_NONBLOCK));
	FAILS(rump_sys_mkdir("d", 0777), RUMP_EEXIST);
	FAILS(rump_sys_open("f", RUMP_O_CREAT | RUMP_O_EXCL | RUMP_O_RDWR, 0666), RUMP_EEXIST);
	EQUAL(status_of("f").st_size, 4);
	/* And back. */
	OK(try_mount_tmpfs("/t", 0, 0, RUMP_MNT_UPDATE));
	make_empty("n");
	return 0;
}
