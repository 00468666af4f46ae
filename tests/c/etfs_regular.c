/* needs: vfs */
/* A host file by a key: read, written in place, of fixed size; removal takes the key away. */
#include "check.h"
#include <fcntl.h>

int
main(void)
{
	char buffer[32];

	int host = open("image", O_CREAT | O_RDWR, 0666);
	EQUAL(write(host, "0123456789", 10), 10);
	boot();
	EQUAL(rump_pub_etfs_register("/key", "image", RUMP_ETFS_REG), 0);
	EQUAL(rump_pub_etfs_register("/key", "image", RUMP_ETFS_REG), RUMP_EEXIST);
	EQUAL(rump_pub_etfs_register("/other", "nothing", RUMP_ETFS_REG), RUMP_ENOENT);
	HOLDS(rump_pub_etfs_register("noslash", "image", RUMP_ETFS_REG) != 0);
	Status status = status_of("/key");
	EQUAL(status.st_mode & S_IFMT, S_IFREG);
	EQUAL(status.st_size, 10);
	int file = OK(rump_sys_open("/key", RUMP_O_RDWR));
	EQUAL(OK(rump_sys_read(file, buffer, sizeof buffer)), 10);
	SAME(buffer, "0123456789", 10);
	EQUAL(OK(rump_sys_pwrite(file, "ab", 2, 3)), 2);
	EQUAL(pread(host, buffer, 10, 0), 10);
	SAME(buffer, "012ab56789", 10);
	OK(rump_sys_close(file));
	EQUAL(rump_pub_etfs_remove("/key"), 0);
	HOLDS(!exists("/key"));
	EQUAL(rump_pub_etfs_remove("/key"), RUMP_ENOENT);
	EQUAL(rump_pub_etfs_register("//key", "image", RUMP_ETFS_REG), 0);
	HOLDS(exists("/key"));
	return 0;
}
