/* needs: fs_tmpfs vfs */
/* revoke(2) is for the owner and the superuser; a symbolic link is followed. */
#include "check.h"

int
main(void)
{
	boot_in_tmpfs();
	make_empty("roots");
	make_empty("own");
	OK(rump_sys_chown("own", 1000, 100));
	OK(rump_sys_symlink("own", "link"));
	FAILS(rump_sys_revoke("nothing"), RUMP_ENOENT);
	new_process_of(1000, 100);
	FAILS(rump_sys_revoke("roots"), RUMP_EPERM);
	int file = OK(rump_sys_open("own", RUMP_O_RDONLY)), other = OK(rump_sys_open("roots", RUMP_O_RDONLY));
	OK(rump_sys_revoke("link"));
	char byte;
	FAILS(rump_sys_read(file, &byte, 1), RUMP_EIO);
	EQUAL(OK(rump_sys_read(other, &byte, 1)), 0);
	return 0;
}
