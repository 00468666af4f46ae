/* needs: fs_tmpfs vfs */
/* What is made has the user who makes it, and the group of the directory it is made in. */
#include "check.h"

int
main(void)
{
	boot_in_tmpfs();
	rump_sys_umask(0);
	OK(rump_sys_mkdir("d", 0777));
	OK(rump_sys_chown("d", 5, 77));
	new_process_of(10, 20);
	make_empty("d/f");
	OK(rump_sys_mkdir("d/sub", 0777));
	OK(rump_sys_symlink("x", "d/l"));
	OK(rump_sys_mkfifo("d/p", 0666));
	static const char *const names[] = { "d/f", "d/sub", "d/l", "d/p" };
	for (size_t i = 0; i < 4; i++) {
		EQUAL(status_of(names[i]).st_uid, 10);
		EQUAL(status_of(names[i]).st_gid, 77);
	}
	make_empty("d/sub/f");
	EQUAL(status_of("d/sub/f").st_gid, 77);
	/* Set-group-id for a group that is not the maker's own is not granted. */
	OK(rump_sys_open("d/g", RUMP_O_CREAT | RUMP_O_RDWR, 02777));
	EQUAL(status_of("d/g").st_mode & 02000, 0);
	return 0;
}
