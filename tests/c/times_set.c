/* needs: fs_tmpfs vfs */
/* utimensat(2): given times, now, omitted; who may. */
#include "check.h"

int
main(void)
{
	struct timespec given[2] = { { 100, 5 }, { 200, 7 } };
	struct timespec omit[2] = { { 0, N_UTIME_OMIT }, { 300, 9 } };
	struct timespec now[2] = { { 0, N_UTIME_NOW }, { 0, N_UTIME_OMIT } };
	struct timespec bad[2] = { { 0, 1000000000 }, { 0, 0 } };
	struct timespec both_now[2] = { { 0, N_UTIME_NOW }, { 0, N_UTIME_NOW } };
	struct timespec host;

	boot_in_tmpfs();
	make_empty("f");
	OK(rump_sys_chmod("f", 0666));
	OK(rump_sys_utimensat(N_AT_FDCWD, "f", given, 0));
	Status status = status_of("f");
	EQUAL(status.st_atim.tv_sec, 100);
	EQUAL(status.st_atim.tv_nsec, 5);
	EQUAL(status.st_mtim.tv_sec, 200);
	EQUAL(status.st_mtim.tv_nsec, 7);
	HOLDS(status.st_ctim.tv_sec > 1000000);
	OK(rump_sys_utimensat(N_AT_FDCWD, "f", omit, 0));
	status = status_of("f");
	EQUAL(status.st_atim.tv_sec, 100);
	EQUAL(status.st_mtim.tv_sec, 300);
	OK(rump_sys_utimensat(N_AT_FDCWD, "f", now, 0));
	status = status_of("f");
	clock_gettime(CLOCK_REALTIME, &host);
	HOLDS(host.tv_sec - status.st_atim.tv_sec >= -1 && host.tv_sec - status.st_atim.tv_sec < 3);
	EQUAL(status.st_mtim.tv_sec, 300);
	FAILS(rump_sys_utimensat(N_AT_FDCWD, "f", bad, 0), RUMP_EINVAL);
	int file = OK(rump_sys_open("f", RUMP_O_RDONLY));
	OK(rump_sys_futimens(file, given));
	EQUAL(status_of("f").st_mtim.tv_sec, 200);
	/* Links. */
	OK(rump_sys_symlink("f", "l"));
	OK(rump_sys_utimensat(N_AT_FDCWD, "l", omit, N_AT_SYMLINK_NOFOLLOW));
	EQUAL(status_of("l").st_mtim.tv_sec, 300);
	EQUAL(status_of("f").st_mtim.tv_sec, 200);
	OK(rump_sys_utimensat(N_AT_FDCWD, "l", NULL, 0));
	HOLDS(status_of("f").st_mtim.tv_sec > 1000000);
	/* Who may write may set them to now; given times are the owner's. */
	new_process_of(10, 10);
	OK(rump_sys_utimensat(N_AT_FDCWD, "f", NULL, 0));
	OK(rump_sys_utimensat(N_AT_FDCWD, "f", both_now, 0));
	FAILS(rump_sys_utimensat(N_AT_FDCWD, "f", given, 0), RUMP_EPERM);
	return 0;
}
