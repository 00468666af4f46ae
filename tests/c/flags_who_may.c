/* needs: fs_tmpfs vfs */
/* Owners set the user's flags; the system's are the superuser's. */
#include "check.h"

int
main(void)
{
	boot_in_tmpfs();
	make_empty("f");
	OK(rump_sys_chown("f", 10, 10));
	struct lwp *superuser = new_process();
	OK(rump_sys_chflags("f", N_SF_IMMUTABLE | N_UF_NODUMP));
	FAILS(rump_sys_unlink("f"), RUMP_EPERM);
	struct lwp *owner = new_process_of(10, 10);
	FAILS(rump_sys_chflags("f", 0), RUMP_EPERM);
	rump_pub_lwproc_switch(superuser);
	OK(rump_sys_chflags("f", 0));
	rump_pub_lwproc_switch(owner);
	FAILS(rump_sys_chflags("f", N_SF_IMMUTABLE), RUMP_EPERM);
	OK(rump_sys_chflags("f", N_UF_APPEND));
	EQUAL(status_of("f").st_flags, N_UF_APPEND);
	OK(rump_sys_chflags("f", 0));
	OK(rump_sys_symlink("f", "l"));
	OK(rump_sys_lchflags("l", N_UF_NODUMP));
	EQUAL(status_of("l").st_flags, N_UF_NODUMP);
	EQUAL(status_of("f").st_flags, 0);
	rump_pub_lwproc_switch(superuser);
	new_process_of(11, 11);
	FAILS(rump_sys_chflags("f", N_UF_NODUMP), RUMP_EPERM);
	int file = OK(rump_sys_open("f", RUMP_O_RDONLY));
	FAILS(rump_sys_fchflags(file, N_UF_NODUMP), RUMP_EPERM);
	return 0;
}
