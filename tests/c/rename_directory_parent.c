/* needs: fs_tmpfs vfs */
/* A directory that moves has a new dot-dot, and both parents other link counts. */
#include "check.h"

int
main(void)
{
	boot_in_tmpfs();
	OK(rump_sys_mkdir("from", 0777));
	OK(rump_sys_mkdir("to", 0777));
	OK(rump_sys_mkdir("from/d", 0777));
	OK(rump_sys_mkdir("from/d/e", 0777));
	EQUAL(status_of("from").st_nlink, 3);
	EQUAL(status_of("to").st_nlink, 2);
	EQUAL(status_of("from/d").st_nlink, 3);
	OK(rump_sys_rename("from/d", "to/d"));
	EQUAL(status_of("from").st_nlink, 2);
	EQUAL(status_of("to").st_nlink, 3);
	EQUAL(status_of("to/d").st_nlink, 3);
	EQUAL(status_of("to/d/..").st_ino, status_of("to").st_ino);
	/* Over an empty directory: that one's links are gone. */
	OK(rump_sys_mkdir("from/x", 0777));
	EQUAL(status_of("from").st_nlink, 3);
	int old = OK(rump_sys_open("from/x", RUMP_O_RDONLY));
	OK(rump_sys_rename("to/d", "from/x"));
	EQUAL(status_of("from").st_nlink, 3);
	EQUAL(status_of("to").st_nlink, 2);
	EQUAL(status_of("from/x/..").st_ino, status_of("from").st_ino);
	EQUAL(descriptor_status(old).st_nlink, 0);
	/* Within one directory. */
	OK(rump_sys_rename("from/x", "from/y"));
	EQUAL(status_of("from").st_nlink, 3);
	OK(rump_sys_mkdir("from/z", 0777));
	OK(rump_sys_rename("from/y", "from/z"));
	EQUAL(status_of("from").st_nlink, 3);
	EQUAL(status_of("/t").st_nlink, 4);
	return 0;
}
