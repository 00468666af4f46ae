/* needs: fs_tmpfs vfs */
/* chmod(2): the owner and the superuser; set-group-id and sticky have rules of their own. */
#include "check.h"

int
main(void)
{
	boot_in_tmpfs();
	struct lwp *superuser = new_process();
	make_empty("f");
	OK(rump_sys_chown("f", 10, 20));
	make_empty("g");
	OK(rump_sys_chown("g", 10, 99));
	OK(rump_sys_chmod("f", 07777));
	EQUAL(status_of("f").st_mode & 07777, 07777);
	new_process_of(10, 20);
	OK(rump_sys_chmod("f", 06755));
	EQUAL(status_of("f").st_mode & 07777, 06755);
	/* Set-group-id of a group that is not one's own. */
	FAILS(rump_sys_chmod("g", 02755), RUMP_EPERM);
	OK(rump_sys_chmod("g", 04755));
	/* Sticky files are the superuser's to make. */
	FAILS(rump_sys_chmod("f", 01755), RUMP_EFTYPE);
	OK(rump_sys_mkdir("d", 0777));
	OK(rump_sys_chmod("d", 01777));
	rump_pub_lwproc_switch(superuser);
	new_process_of(11, 20);
	FAILS(rump_sys_chmod("f", 0777), RUMP_EPERM);
	int file = OK(rump_sys_open("f", RUMP_O_RDONLY));
	FAILS(rump_sys_fchmod(file, 0777), RUMP_EPERM);
	FAILS(rump_sys_chmod("none", 0777), RUMP_ENOENT);
	return 0;
}
