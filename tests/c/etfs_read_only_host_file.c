/* needs: vfs */
/* A host file that may only be read can be registered, and writes to it fail with an error. */
#include "check.h"
#include <fcntl.h>
#include <sys/types.h>

int
main(void)
{
	char buffer[8];
	int host = open("image", O_CREAT | O_RDWR, 0666);

	EQUAL(write(host, "01234567", 8), 8);
	EQUAL(chmod("image", 0444), 0);
	EQUAL(chmod(".", 0755), 0);
	/* The superuser of the host may write to anything. */
	if (geteuid() == 0 && (setegid(65534) != 0 || seteuid(65534) != 0))
		return 1;
	boot();
	EQUAL(rump_pub_etfs_register("/key", "image", RUMP_ETFS_BLK), 0);
	int file = OK(rump_sys_open("/key", RUMP_O_RDONLY));
	EQUAL(OK(rump_sys_read(file, buffer, 8)), 8);
	SAME(buffer, "01234567", 8);
	OK(rump_sys_close(file));
	file = rump_sys_open("/key", RUMP_O_RDWR);
	if (file != -1)
		HOLDS(rump_sys_pwrite(file, "x", 1, 0) == -1 || rump_sys_fsync(file) == -1);
	return 0;
}
