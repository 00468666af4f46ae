/* needs: fs_tmpfs vfs */
/* The umask takes bits from what is made, belongs to the process, and is inherited. */
#include "check.h"

int
main(void)
{
	boot_in_tmpfs();
	struct lwp *first = new_process();
	EQUAL(rump_sys_umask(0027), 0022);
	EQUAL(rump_sys_umask(0027), 0027);
	OK(rump_sys_open("f", RUMP_O_CREAT | RUMP_O_RDWR, 0777));
	EQUAL(status_of("f").st_mode & 07777, 0750);
	OK(rump_sys_mkdir("d", 0777));
	EQUAL(status_of("d").st_mode & 07777, 0750);
	OK(rump_sys_mkfifo("p", 0666));
	EQUAL(status_of("p").st_mode & 07777, 0640);
	new_process();
	EQUAL(rump_sys_umask(0), 0027);
	rump_pub_lwproc_switch(first);
	EQUAL(rump_sys_umask(07777), 0027);
	/* Only permission bits count, and chmod is not masked. */
	EQUAL(rump_sys_umask(0) & ~0777, 0);
	rump_sys_umask(0077);
	OK(rump_sys_chmod("f", 0666));
	EQUAL(status_of("f").st_mode & 07777, 0666);
	return 0;
}
