/* needs: vfs */
/* A directory is no file and a file is no directory. */
#include "check.h"
#include <fcntl.h>

int
main(void)
{
	close(open("f", O_CREAT | O_RDWR, 0666));
	EQUAL(mkdir("d", 0777), 0);
	boot();
	EQUAL(rump_pub_etfs_register("/a", "f", RUMP_ETFS_DIR), RUMP_ENOTDIR);
	EQUAL(rump_pub_etfs_register("/b", "f", RUMP_ETFS_DIR_SUBDIRS), RUMP_ENOTDIR);
	HOLDS(rump_pub_etfs_register("/c", "d", RUMP_ETFS_BLK) != 0);
	HOLDS(rump_pub_etfs_register("/d", "f", (enum rump_etfs_type)77) != 0);
	HOLDS(!exists("/a"));
	HOLDS(!exists("/c"));
	return 0;
}
