/* needs: fs_ffs vfs */
/* formats: ufs1le ufs1be ufs2le ufs2be */
/* A read-only mount refuses every change and leaves the image as it was, byte for byte. */
#include "ffs.h"

int
main(int count, char **arguments)
{
	struct rump_netbsd_timespec times[2] = { { 1, 0 }, { 2, 0 } };
	size_t length_before, length_after;
	char buffer[64];

	take_format(count, arguments);
	HOLDS(mkdir("tree", 0755) == 0 && mkdir("tree/d", 0755) == 0 && mkdir("tree/empty", 0755) == 0);
	FILE *f = fopen("tree/f", "w"), *g = fopen("tree/d/g", "w");
	HOLDS(fputs("contents\n", f) >= 0 && fclose(f) == 0 && fputs("more\n", g) >= 0 && fclose(g) == 0);
	HOLDS(symlink("f", "tree/l") == 0);
	make_image_of("image.ffs", "8m", "", "tree");
	unsigned char *before = read_host_file("image.ffs", &length_before);
	boot_with_device("image.ffs");
	mount_image(RUMP_MNT_RDONLY);
	HOLDS(space_of("/m").f_flag & RUMP_MNT_RDONLY);
	FAILS(rump_sys_open("f", RUMP_O_RDWR), RUMP_EROFS);
	FAILS(rump_sys_open("f", RUMP_O_WRONLY), RUMP_EROFS);
	FAILS(rump_sys_open("f", RUMP_O_RDONLY | RUMP_O_TRUNC), RUMP_EROFS);
	FAILS(rump_sys_open("new", RUMP_O_CREAT | RUMP_O_RDWR, 0666), RUMP_EROFS);
	FAILS(rump_sys_truncate("f", 0), RUMP_EROFS);
	FAILS(rump_sys_mkdir("new", 0755), RUMP_EROFS);
	FAILS(rump_sys_rmdir("empty"), RUMP_EROFS);
	FAILS(rump_sys_unlink("f"), RUMP_EROFS);
	FAILS(rump_sys_rename("f", "new"), RUMP_EROFS);
	FAILS(rump_sys_rename("f", "d/g"), RUMP_EROFS);
	FAILS(rump_sys_link("f", "new"), RUMP_EROFS);
	FAILS(rump_sys_symlink("f", "new"), RUMP_EROFS);
	FAILS(rump_sys_mkfifo("new", 0644), RUMP_EROFS);
	FAILS(rump_sys_mknod("new", S_IFCHR | 0600, 3), RUMP_EROFS);
	FAILS(rump_sys_chmod("f", 0600), RUMP_EROFS);
	FAILS(rump_sys_lchmod("l", 0600), RUMP_EROFS);
	FAILS(rump_sys_chown("f", 1, 1), RUMP_EROFS);
	FAILS(rump_sys_lchown("l", 1, 1), RUMP_EROFS);
	FAILS(rump_sys_chflags("f", N_UF_NODUMP), RUMP_EROFS);
	FAILS(rump_sys_utimensat(N_AT_FDCWD, "f", (const struct timespec *)times, 0), RUMP_EROFS);
	FAILS(rump_sys_access("f", W_OK), RUMP_EROFS);
	int file = OK(rump_sys_open("f", RUMP_O_RDONLY));
	EQUAL(OK(rump_sys_read(file, buffer, sizeof buffer)), 9);
	FAILS(rump_sys_fchmod(file, 0600), RUMP_EROFS);
	FAILS(rump_sys_fchflags(file, N_UF_NODUMP), RUMP_EROFS);
	OK(rump_sys_fsync(file));
	OK(rump_sys_close(file));
	EQUAL(OK(rump_sys_readlink("l", buffer, sizeof buffer)), 1);
	EQUAL(each_name(".", NULL, NULL), 4);
	rump_sys_sync();
	unmount_image();
	unsigned char *after = read_host_file("image.ffs", &length_after);
	EQUAL(length_after, length_before);
	SAME(after, before, length_before);
	return 0;
}
