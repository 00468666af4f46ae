/* needs: vfs */
/* Keys lie over the root's own files; they cannot be removed or renamed through the name space. */
#include "check.h"
#include <fcntl.h>

int
main(void)
{
	char byte;
	int host = open("image", O_CREAT | O_RDWR, 0666);

	EQUAL(write(host, "h", 1), 1);
	boot();
	make_file("/key", "k", 1);
	EQUAL(rump_pub_etfs_register("/key", "image", RUMP_ETFS_REG), 0);
	int file = OK(rump_sys_open("/key", RUMP_O_RDONLY));
	EQUAL(OK(rump_sys_read(file, &byte, 1)), 1);
	EQUAL(byte, 'h');
	EQUAL(rump_pub_etfs_remove("/key"), 0);
	file = OK(rump_sys_open("/key", RUMP_O_RDONLY));
	EQUAL(OK(rump_sys_read(file, &byte, 1)), 1);
	EQUAL(byte, 'k');
	/* A key below a directory that is not there. */
	EQUAL(rump_pub_etfs_register("/no/such/key", "image", RUMP_ETFS_REG), 0);
	file = OK(rump_sys_open("/no/such/key", RUMP_O_RDONLY));
	EQUAL(OK(rump_sys_read(file, &byte, 1)), 1);
	return 0;
}
