/* needs: fs_tmpfs vfs */
/* The owner's bits are for the owner alone, then the group's, then the others': a wider class does not help. */
#include "check.h"

static void
attempt(const char *path, int error)
{
	if (error == 0)
		OK(rump_sys_close(OK(rump_sys_open(path, RUMP_O_RDONLY))));
	else
		FAILS(rump_sys_open(path, RUMP_O_RDONLY), error);
}

int
main(void)
{
	gid_t groups[] = { 30, 20 };

	boot_in_tmpfs();
	struct lwp *superuser = new_process();
	make_empty("not_owner");
	OK(rump_sys_chown("not_owner", 10, 20));
	OK(rump_sys_chmod("not_owner", 0077));
	make_empty("not_group");
	OK(rump_sys_chown("not_group", 99, 20));
	OK(rump_sys_chmod("not_group", 0707));
	make_empty("not_others");
	OK(rump_sys_chown("not_others", 99, 99));
	OK(rump_sys_chmod("not_others", 0770));
	new_process_of(10, 1);
	attempt("not_owner", RUMP_EACCES);
	attempt("not_group", 0);
	attempt("not_others", RUMP_EACCES);
	rump_pub_lwproc_switch(superuser);
	new_process_of(11, 20);
	attempt("not_owner", 0);
	attempt("not_group", RUMP_EACCES);
	rump_pub_lwproc_switch(superuser);
	new_process();
	OK(rump_sys_setgroups(2, groups));
	OK(rump_sys_setgid(1));
	OK(rump_sys_setuid(12));
	attempt("not_owner", 0);
	attempt("not_group", RUMP_EACCES);
	rump_pub_lwproc_switch(superuser);
	attempt("not_owner", 0);
	attempt("not_group", 0);
	attempt("not_others", 0);
	return 0;
}
