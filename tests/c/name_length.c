/* needs: fs_tmpfs vfs */
/* Names have up to 255 bytes. */
#include "check.h"

int
main(void)
{
	char longest[256], longer[257], buffer[sizeof(Status)];

	boot_in_tmpfs();
	memset(longest, 'n', 255);
	longest[255] = 0;
	memset(longer, 'n', 256);
	longer[256] = 0;
	make_empty(longest);
	FAILS(rump_sys_open(longer, RUMP_O_CREAT | RUMP_O_RDWR, 0666), RUMP_ENAMETOOLONG);
	FAILS(rump_sys_open(longer, RUMP_O_RDONLY), RUMP_ENAMETOOLONG);
	FAILS(rump_sys_stat(longer, (struct stat *)buffer), RUMP_ENAMETOOLONG);
	FAILS(rump_sys_mkdir(longer, 0777), RUMP_ENAMETOOLONG);
	FAILS(rump_sys_symlink("x", longer), RUMP_ENAMETOOLONG);
	FAILS(rump_sys_link(longest, longer), RUMP_ENAMETOOLONG);
	FAILS(rump_sys_rename(longest, longer), RUMP_ENAMETOOLONG);
	FAILS(rump_sys_unlink(longer), RUMP_ENAMETOOLONG);
	longest[0] = 'm';
	OK(rump_sys_mkdir(longest, 0777));
	OK(rump_sys_chdir(longest));
	return 0;
}
