/* needs: fs_tmpfs vfs */
/* utimes(2) and its kin with microseconds; birth time follows an earlier modification time or stays. */
#include "check.h"

int
main(void)
{
	struct rump_netbsd_timeval given[2] = { { 100, 5 }, { 200, 999999 } };
	struct rump_netbsd_timeval bad[2] = { { 100, 5 }, { 200, 1000000 } };
	const struct timeval *times = (const struct timeval *)given;

	boot_in_tmpfs();
	make_empty("f");
	OK(rump_sys_utimes("f", times));
	EQUAL(status_of("f").st_atim.tv_nsec, 5000);
	EQUAL(status_of("f").st_mtim.tv_nsec, 999999000);
	FAILS(rump_sys_utimes("f", (const struct timeval *)bad), RUMP_EINVAL);
	given[1].tv_sec = 400;
	int file = OK(rump_sys_open("f", RUMP_O_RDONLY));
	OK(rump_sys_futimes(file, times));
	EQUAL(status_of("f").st_mtim.tv_sec, 400);
	OK(rump_sys_symlink("f", "l"));
	given[1].tv_sec = 500;
	OK(rump_sys_lutimes("l", times));
	EQUAL(status_of("l").st_mtim.tv_sec, 500);
	EQUAL(status_of("f").st_mtim.tv_sec, 400);
	OK(rump_sys_utimes("l", NULL));
	HOLDS(status_of("f").st_mtim.tv_sec > 1000000);
	FAILS(rump_sys_utimes("none", NULL), RUMP_ENOENT);
	return 0;
}
