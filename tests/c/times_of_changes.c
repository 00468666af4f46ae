/* needs: fs_tmpfs vfs */
/* Which times move with which call, and which do not. */
#include "check.h"

enum { ATIME = 1, MTIME = 2, CTIME = 4 };

static bool
later(struct rump_netbsd_timespec a, struct rump_netbsd_timespec b)
{
	return a.tv_sec > b.tv_sec || (a.tv_sec == b.tv_sec && a.tv_nsec > b.tv_nsec);
}

static int
moved(Status before, Status after)
{
	HOLDS(!later(before.st_atim, after.st_atim));
	HOLDS(!later(before.st_mtim, after.st_mtim));
	HOLDS(!later(before.st_ctim, after.st_ctim));
	EQUAL(before.st_birthtim.tv_sec, after.st_birthtim.tv_sec);
	EQUAL(before.st_birthtim.tv_nsec, after.st_birthtim.tv_nsec);
	return (later(after.st_atim, before.st_atim) ? ATIME : 0) |
	    (later(after.st_mtim, before.st_mtim) ? MTIME : 0) |
	    (later(after.st_ctim, before.st_ctim) ? CTIME : 0);
}

#define MOVES(path, call, times) do { \
	Status before = status_of(path); \
	pause_milliseconds(25); \
	OK(call); \
	EQUAL(moved(before, status_of(path)), (times)); \
} while (0)

int
main(void)
{
	char buffer[512];

	boot_in_tmpfs();
	OK(rump_sys_mkdir("d", 0777));
	make_file("d/f", "hello", 5);
	int file = OK(rump_sys_open("d/f", RUMP_O_RDWR));
	MOVES("d/f", rump_sys_read(file, buffer, 2), ATIME);
	MOVES("d/f", rump_sys_write(file, "x", 1), MTIME | CTIME);
	MOVES("d/f", rump_sys_ftruncate(file, 3), MTIME | CTIME);
	MOVES("d/f", rump_sys_chmod("d/f", 0600), CTIME);
	MOVES("d/f", rump_sys_chown("d/f", 1, 1), CTIME);
	MOVES("d/f", rump_sys_link("d/f", "d/g"), CTIME);
	MOVES("d/f", rump_sys_unlink("d/g"), CTIME);
	MOVES("d/f", rump_sys_chflags("d/f", N_UF_NODUMP), CTIME);
	MOVES("d/f", rump_sys_open("d/f", RUMP_O_RDONLY), 0);
	MOVES("d/f", rump_sys_lseek(file, 0, SEEK_SET), 0);
	MOVES("d/f", rump_sys_write(file, "", 0), 0);
	MOVES("d", rump_sys_open("d/n", RUMP_O_CREAT | RUMP_O_RDWR, 0666), MTIME | CTIME);
	MOVES("d", rump_sys_unlink("d/n"), MTIME | CTIME);
	MOVES("d", rump_sys_mkdir("d/n", 0777), MTIME | CTIME);
	MOVES("d", rump_sys_rmdir("d/n"), MTIME | CTIME);
	MOVES("d", rump_sys_symlink("x", "d/l"), MTIME | CTIME);
	MOVES("d", rump_sys_link("d/f", "d/h"), MTIME | CTIME);
	MOVES("d", rump_sys_rename("d/h", "d/i"), MTIME | CTIME);
	MOVES("d", rump_sys_rename("d/i", "i"), MTIME | CTIME);
	MOVES("d", rump_sys_access("d/f", 0), 0);
	MOVES("d", rump_sys_chmod("d/f", 0666), 0);
	int directory = OK(rump_sys_open("d", RUMP_O_RDONLY));
	MOVES("d", rump_sys_getdents(directory, buffer, sizeof buffer), ATIME);
	return 0;
}
