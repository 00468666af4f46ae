/* needs: fs_tmpfs vfs */
/* Renames and links do not cross file systems; mount points do not move. */
#include "check.h"

int
main(void)
{
	boot_in_tmpfs();
	OK(rump_sys_mkdir("/u", 0777));
	OK(try_mount_tmpfs("/u", 0, 0, 0));
	make_empty("f");
	OK(rump_sys_mkdir("d", 0777));
	FAILS(rump_sys_rename("f", "/u/f"), RUMP_EXDEV);
	FAILS(rump_sys_rename("d", "/u/d"), RUMP_EXDEV);
	FAILS(rump_sys_link("f", "/u/f"), RUMP_EXDEV);
	OK(try_mount_tmpfs("d", 0, 0, 0));
	EQUAL(rump_sys_rename("d", "e"), -1);
	HOLDS(errno == RUMP_EBUSY || errno == RUMP_EXDEV);
	OK(rump_sys_mkdir("other", 0777));
	EQUAL(rump_sys_rename("other", "d"), -1);
	HOLDS(errno == RUMP_EBUSY || errno == RUMP_EXDEV);
	FAILS(rump_sys_rmdir("d"), RUMP_EBUSY);
	HOLDS(exists("f"));
	return 0;
}
