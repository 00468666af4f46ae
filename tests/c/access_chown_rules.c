/* needs: fs_tmpfs vfs */
/* chown(2): users are the superuser's to change; the owner may choose among own groups; set-id bits go. */
#include "check.h"

int
main(void)
{
	gid_t groups[] = { 20, 30 };

	boot_in_tmpfs();
	make_empty("f");
	OK(rump_sys_chown("f", 10, 20));
	struct lwp *superuser = new_process();
	OK(rump_sys_chown("f", (uid_t)-1, (gid_t)-1));
	EQUAL(status_of("f").st_uid, 10);
	EQUAL(status_of("f").st_gid, 20);
	new_process();
	OK(rump_sys_setgroups(2, groups));
	OK(rump_sys_setgid(20));
	OK(rump_sys_setuid(10));
	OK(rump_sys_chmod("f", 06755));
	FAILS(rump_sys_chown("f", 11, (gid_t)-1), RUMP_EPERM);
	FAILS(rump_sys_chown("f", (uid_t)-1, 40), RUMP_EPERM);
	OK(rump_sys_chown("f", (uid_t)-1, 30));
	EQUAL(status_of("f").st_gid, 30);
	EQUAL(status_of("f").st_mode & 07777, 0755);
	OK(rump_sys_chown("f", 10, 20));
	rump_pub_lwproc_switch(superuser);
	new_process_of(12, 20);
	FAILS(rump_sys_chown("f", 12, 20), RUMP_EPERM);
	FAILS(rump_sys_chown("f", (uid_t)-1, 20), RUMP_EPERM);
	rump_pub_lwproc_switch(superuser);
	/* Of links: the link itself, or what it leads to. */
	OK(rump_sys_symlink("f", "l"));
	OK(rump_sys_lchown("l", 50, 50));
	EQUAL(status_of("l").st_uid, 50);
	EQUAL(status_of("f").st_uid, 10);
	OK(rump_sys_chown("l", 60, 60));
	EQUAL(status_of("l").st_uid, 50);
	EQUAL(status_of("f").st_uid, 60);
	return 0;
}
