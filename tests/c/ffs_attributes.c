/* needs: fs_ffs vfs */
/* formats: ufs1le ufs1be ufs2le ufs2be */
/* Modes, owners, flags, times to the nanosecond where the format has them, and link counts are kept on the image. */
#include "ffs.h"

int
main(int count, char **arguments)
{
	struct rump_netbsd_timespec times[2] = { { 123456789, 123456789 }, { 987654321, 999999999 } };
	struct rump_netbsd_timespec early[2] = { { -2, 5 }, { -2000000000, 0 } };
	char path[64];

	boot_in_ffs(count, arguments, "24m", "density=4096");
	double host = (double)time(NULL);
	make_file("f", "data", 4);
	Status status = status_of("f");
	if (is_ufs2()) {
		HOLDS(status.st_birthtim.tv_sec >= (int64_t)host - 5 && status.st_birthtim.tv_sec <= (int64_t)host + 60);
		HOLDS(status.st_birthtim.tv_sec == status.st_ctim.tv_sec);
	}
	Status born = status;
	OK(rump_sys_utimensat(N_AT_FDCWD, "f", (const struct timespec *)times, 0));
	OK(rump_sys_chmod("f", 06751));
	OK(rump_sys_chown("f", 70000, 4000000000u));
	OK(rump_sys_chmod("f", 06751));
	OK(rump_sys_chflags("f", N_UF_NODUMP | N_UF_APPEND));
	make_empty("early");
	OK(rump_sys_utimensat(N_AT_FDCWD, "early", (const struct timespec *)early, 0));
	OK(rump_sys_symlink("f", "l"));
	OK(rump_sys_lchflags("l", N_UF_NODUMP));
	OK(rump_sys_utimensat(N_AT_FDCWD, "l", (const struct timespec *)times, N_AT_SYMLINK_NOFOLLOW));
	mount_again();
	status = status_of("f");
	EQUAL(status.st_mode, S_IFREG | 06751);
	EQUAL(status.st_uid, 70000);
	EQUAL(status.st_gid, 4000000000u);
	EQUAL(status.st_flags, N_UF_NODUMP | N_UF_APPEND);
	EQUAL(status.st_atim.tv_sec, 123456789);
	EQUAL(status.st_atim.tv_nsec, 123456789);
	EQUAL(status.st_mtim.tv_sec, 987654321);
	EQUAL(status.st_mtim.tv_nsec, 999999999);
	EQUAL(status_of("early").st_atim.tv_sec, -2);
	EQUAL(status_of("early").st_mtim.tv_sec, -2000000000);
	EQUAL(status_of("l").st_flags, N_UF_NODUMP);
	EQUAL(status_of("l").st_mtim.tv_sec, 987654321);
	if (is_ufs2()) {
		/* A time of change before the birth moves the birth. */
		HOLDS(status.st_birthtim.tv_sec == 987654321 || status.st_birthtim.tv_sec == born.st_birthtim.tv_sec);
	} else {
		EQUAL(status.st_birthtim.tv_sec, 0);
	}
	/* The flag is obeyed after mounting again. */
	FAILS(rump_sys_open("f", RUMP_O_WRONLY), RUMP_EPERM);
	int file = OK(rump_sys_open("f", RUMP_O_WRONLY | RUMP_O_APPEND));
	EQUAL(OK(rump_sys_write(file, "more", 4)), 4);
	OK(rump_sys_close(file));
	FAILS(rump_sys_unlink("f"), RUMP_EPERM);
	OK(rump_sys_chflags("f", 0));
	/* Reading sets the access time, and it gets to the image. */
	char buffer[8];
	file = OK(rump_sys_open("f", RUMP_O_RDONLY));
	EQUAL(OK(rump_sys_read(file, buffer, 8)), 8);
	OK(rump_sys_close(file));
	mount_again();
	HOLDS(status_of("f").st_atim.tv_sec >= (int64_t)host - 5);
	/* Link counts, of files up to the limit, and of directories. */
	int links = 1, most = in_turn(0, 100) ? 32767 : 100;
	OK(rump_sys_mkdir("links", 0755));
	for (; links < most; links++) {
		snprintf(path, sizeof path, "links/%d", links);
		OK(rump_sys_link("f", path));
	}
	if (most == 32767)
		FAILS(rump_sys_link("f", "links/one-more"), RUMP_EMLINK);
	EQUAL(status_of("f").st_nlink, most);
	mount_again();
	EQUAL(status_of("f").st_nlink, most);
	for (int number = 1; number < links; number++) {
		snprintf(path, sizeof path, "links/%d", number);
		OK(rump_sys_unlink(path));
	}
	EQUAL(status_of("f").st_nlink, 1);
	EQUAL(status_of(".").st_nlink, 3);
	OK(rump_sys_mkdir("links/a", 0755));
	OK(rump_sys_mkdir("links/b", 0755));
	EQUAL(status_of("links").st_nlink, 4);
	OK(rump_sys_rename("links/a", "links/b/a"));
	EQUAL(status_of("links").st_nlink, 3);
	EQUAL(status_of("links/b").st_nlink, 3);
	unmount_image();
	return 0;
}
