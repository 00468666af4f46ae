/* needs: fs_ffs vfs */
/* formats: ufs1le ufs2le */
/* A file system without extended attributes says so. */
#include "ffs.h"

int
main(int count, char **arguments)
{
	char buffer[10];

	take_format(count, arguments);
	make_image("plain.ffs", "4m", "");
	boot_with_device("plain.ffs");
	mount_image(0);
	make_file("/m/f", "x", 1);
	FAILS(rump_sys_extattr_set_file("/m/f", 1, "a", "1", 1), RUMP_EOPNOTSUPP);
	FAILS(rump_sys_extattr_get_file("/m/f", 1, "a", buffer, 1), RUMP_EOPNOTSUPP);
	FAILS(rump_sys_getxattr("/m/f", "user.a", buffer, 1), RUMP_EOPNOTSUPP);
	FAILS(rump_sys_listxattr("/m/f", buffer, 1), RUMP_EOPNOTSUPP);
	unmount_image();
	return 0;
}
