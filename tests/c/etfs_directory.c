/* needs: vfs */
/* A host directory: its files, and with RUMP_ETFS_DIR_SUBDIRS what is below; nothing outside. */
#include "check.h"
#include <fcntl.h>

static void
host_file(const char *path, const char *text)
{
	int host = open(path, O_CREAT | O_RDWR, 0666);

	EQUAL(write(host, text, strlen(text)), (ssize_t)strlen(text));
	close(host);
}

int
main(void)
{
	char buffer[16];

	EQUAL(mkdir("d", 0777), 0);
	EQUAL(mkdir("d/sub", 0777), 0);
	host_file("d/f", "file");
	host_file("d/sub/g", "below");
	host_file("outside", "secret");
	boot();
	EQUAL(rump_pub_etfs_register("/flat", "d", RUMP_ETFS_DIR), 0);
	EQUAL(rump_pub_etfs_register("/tree", "d", RUMP_ETFS_DIR_SUBDIRS), 0);
	int file = OK(rump_sys_open("/flat/f", RUMP_O_RDONLY));
	EQUAL(OK(rump_sys_read(file, buffer, sizeof buffer)), 4);
	SAME(buffer, "file", 4);
	EQUAL(status_of("/flat").st_mode & S_IFMT, S_IFDIR);
	HOLDS(rump_sys_open("/flat/sub/g", RUMP_O_RDONLY) == -1);
	file = OK(rump_sys_open("/tree/sub/g", RUMP_O_RDONLY));
	EQUAL(OK(rump_sys_read(file, buffer, sizeof buffer)), 5);
	HOLDS(rump_sys_open("/tree/../outside", RUMP_O_RDONLY) == -1);
	HOLDS(rump_sys_open("/tree/sub/../../outside", RUMP_O_RDONLY) == -1);
	HOLDS(rump_sys_open("/tree/none", RUMP_O_RDONLY) == -1);
	/* What the host makes later is seen, too. */
	host_file("d/later", "now");
	HOLDS(exists("/tree/later"));
	return 0;
}
