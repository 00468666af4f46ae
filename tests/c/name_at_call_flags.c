/* needs: fs_tmpfs vfs */
/* Flags of the *at calls: following links or not; unknown flags are EINVAL. */
#include "check.h"

int
main(void)
{
	char buffer[sizeof(Status)];

	boot_in_tmpfs();
	make_empty("f");
	OK(rump_sys_symlink("f", "l"));
	/* Without AT_SYMLINK_FOLLOW, linkat links the link. */
	OK(rump_sys_linkat(N_AT_FDCWD, "l", N_AT_FDCWD, "l2", 0));
	EQUAL(status_of("l2").st_mode & S_IFMT, S_IFLNK);
	OK(rump_sys_linkat(N_AT_FDCWD, "l", N_AT_FDCWD, "f2", N_AT_SYMLINK_FOLLOW));
	EQUAL(status_of("f2").st_ino, status_of("f").st_ino);
	OK(rump_sys_fchownat(N_AT_FDCWD, "l", 7, 7, N_AT_SYMLINK_NOFOLLOW));
	EQUAL(status_of("l").st_uid, 7);
	EQUAL(status_of("f").st_uid, 0);
	FAILS(rump_sys_fstatat(N_AT_FDCWD, "f", (struct stat *)buffer, 0x8000), RUMP_EINVAL);
	FAILS(rump_sys_unlinkat(N_AT_FDCWD, "f", 0x8000), RUMP_EINVAL);
	FAILS(rump_sys_linkat(N_AT_FDCWD, "f", N_AT_FDCWD, "g", 0x8000), RUMP_EINVAL);
	FAILS(rump_sys_faccessat(N_AT_FDCWD, "f", 0, 0x8000), RUMP_EINVAL);
	FAILS(rump_sys_faccessat(N_AT_FDCWD, "f", 8, 0), RUMP_EINVAL);
	FAILS(rump_sys_access("f", 8), RUMP_EINVAL);
	return 0;
}
