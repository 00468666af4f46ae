/* needs: fs_tmpfs vfs */
/* The calls as up to NetBSD 5.0, by number: a stat with 32-bit devices and seconds, mknod, utimes. */
#include "kernel_calls.h"

struct stat30 {
	uint32_t dev, mode;
	uint64_t ino;
	uint32_t nlink, uid, gid, rdev;
	struct { int32_t sec, pad; int64_t nsec; } times[4];
	int64_t size, blocks;
	uint32_t blksize, flags, gen, spare[2];
};

int
main(void)
{
	struct stat30 status;
	int64_t times[4] = { 1000, 5, 2000, 6 };

	EQUAL(sizeof status, 136);
	boot_in_tmpfs();
	make_file("f", "hello", 5);
	OK(kernel_call(138, (uintptr_t)"f", (uintptr_t)times, 0));
	OK(kernel_call(387, (uintptr_t)"f", (uintptr_t)&status, 0));
	EQUAL(status.size, 5);
	EQUAL(status.mode & 0170000, 0100000);
	EQUAL(status.nlink, 1);
	EQUAL(status.times[0].sec, 1000);
	EQUAL(status.times[0].nsec, 5000);
	EQUAL(status.times[1].sec, 2000);
	int file = OK(rump_sys_open("f", RUMP_O_RDWR));
	memset(&status, 0xff, sizeof status);
	OK(kernel_call(388, (uint64_t)file, (uintptr_t)&status, 0));
	EQUAL(status.size, 5);
	EQUAL(status.times[1].sec, 2000);
	times[0] = 3000;
	OK(kernel_call(206, (uint64_t)file, (uintptr_t)times, 0));
	OK(rump_sys_symlink("f", "l"));
	OK(kernel_call(389, (uintptr_t)"l", (uintptr_t)&status, 0));
	EQUAL(status.mode & 0170000, 0120000);
	times[0] = 4000;
	OK(kernel_call(276, (uintptr_t)"l", (uintptr_t)times, 0));
	OK(kernel_call(389, (uintptr_t)"l", (uintptr_t)&status, 0));
	EQUAL(status.times[0].sec, 4000);
	char handle[64];
	size_t size = sizeof handle;
	OK(kernel_call(395, (uintptr_t)"f", (uintptr_t)handle, (uintptr_t)&size));
	OK(kernel_call(398, (uintptr_t)handle, size, (uintptr_t)&status));
	EQUAL(status.size, 5);
	EQUAL(status.times[0].sec, 3000);
	times[1] = 1000000;
	FAILS(kernel_call(138, (uintptr_t)"f", (uintptr_t)times, 0), RUMP_EINVAL);
	OK(kernel_call(14, (uintptr_t)"null", 0020644, 2 << 8 | 2));
	OK(kernel_call(387, (uintptr_t)"null", (uintptr_t)&status, 0));
	EQUAL(status.rdev, 2 << 8 | 2);
	OK(rump_sys_open("null", RUMP_O_RDWR));
	return 0;
}
