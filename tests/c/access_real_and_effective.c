/* needs: fs_tmpfs vfs */
/* access(2) asks for the real user, faccessat(2) with AT_EACCESS for the effective one. */
#include "check.h"

int
main(void)
{
	boot_in_tmpfs();
	make_empty("owned");
	OK(rump_sys_chown("owned", 10, 10));
	OK(rump_sys_chmod("owned", 0600));
	make_empty("x");
	OK(rump_sys_chmod("x", 0644));
	new_process();
	OK(rump_sys_setgid(20));
	OK(rump_sys_setreuid(20, 10));
	FAILS(rump_sys_access("owned", R_OK), RUMP_EACCES);
	FAILS(rump_sys_faccessat(N_AT_FDCWD, "owned", R_OK, 0), RUMP_EACCES);
	OK(rump_sys_faccessat(N_AT_FDCWD, "owned", R_OK | W_OK, N_AT_EACCESS));
	OK(rump_sys_open("owned", RUMP_O_RDWR));
	OK(rump_sys_access("owned", F_OK));
	FAILS(rump_sys_access("none", F_OK), RUMP_ENOENT);
	FAILS(rump_sys_faccessat(N_AT_FDCWD, "owned", X_OK, N_AT_EACCESS), RUMP_EACCES);
	OK(rump_sys_access("x", R_OK));
	FAILS(rump_sys_access("x", W_OK), RUMP_EACCES);
	FAILS(rump_sys_access("x", R_OK | X_OK), RUMP_EACCES);
	return 0;
}
