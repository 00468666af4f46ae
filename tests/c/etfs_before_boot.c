/* needs: vfs */
/* What is registered before the boot is there afterwards, each with its own status. */
#include "check.h"
#include <fcntl.h>

int
main(void)
{
	char buffer[8];
	struct rump_boot_etfs good = { .eb_key = "/good", .eb_hostpath = "image", .eb_type = RUMP_ETFS_REG,
		.eb_begin = 0, .eb_size = RUMP_ETFS_SIZE_ENDOFF };
	struct rump_boot_etfs bad = { .eb_key = "/bad", .eb_hostpath = "nothing", .eb_type = RUMP_ETFS_BLK,
		.eb_begin = 0, .eb_size = RUMP_ETFS_SIZE_ENDOFF };
	struct rump_boot_etfs part = { .eb_key = "/part", .eb_hostpath = "image", .eb_type = RUMP_ETFS_REG,
		.eb_begin = 2, .eb_size = 3 };

	int host = open("image", O_CREAT | O_RDWR, 0666);
	EQUAL(write(host, "0123456789", 10), 10);
	rump_boot_etfs_register(&good);
	rump_boot_etfs_register(&bad);
	rump_boot_etfs_register(&part);
	boot();
	EQUAL(good.eb_status, 0);
	EQUAL(bad.eb_status, RUMP_ENOENT);
	EQUAL(part.eb_status, 0);
	int file = OK(rump_sys_open("/part", RUMP_O_RDONLY));
	EQUAL(OK(rump_sys_read(file, buffer, sizeof buffer)), 3);
	SAME(buffer, "234", 3);
	HOLDS(!exists("/bad"));
	return 0;
}
