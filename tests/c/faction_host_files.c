/* needs: vfs */
/* Host files through the variables for other factions: as rump_pub_etfs_register_withsize and rump_pub_etfs_remove. */
#include "check.h"

#include <rump/rump_faction.h>

int
main(void)
{
	char bytes[16];
	FILE *file = fopen("host", "w");

	HOLDS(file != NULL && fputs("0123456789", file) >= 0 && fclose(file) == 0);
	boot();
	rump_schedule();
	EQUAL(rump__etfs_register("/part", "host", RUMP_ETFS_REG, 3, 4), 0);
	EQUAL(rump__etfs_register("/all", "host", RUMP_ETFS_REG, 0, RUMP_ETFS_SIZE_ENDOFF), 0);
	EQUAL(rump__etfs_register("/all", "host", RUMP_ETFS_REG, 0, RUMP_ETFS_SIZE_ENDOFF), RUMP_EEXIST);
	EQUAL(rump__etfs_register("/missing", "nowhere", RUMP_ETFS_REG, 0, RUMP_ETFS_SIZE_ENDOFF), RUMP_ENOENT);
	EQUAL(rump__etfs_register(NULL, "host", RUMP_ETFS_REG, 0, 1), RUMP_EFAULT);
	rump_unschedule();
	int part = OK(rump_sys_open("/part", RUMP_O_RDONLY)), all = OK(rump_sys_open("/all", RUMP_O_RDONLY));
	EQUAL(OK(rump_sys_read(part, bytes, sizeof bytes)), 4);
	SAME(bytes, "3456", 4);
	EQUAL(OK(rump_sys_read(all, bytes, sizeof bytes)), 10);
	OK(rump_sys_close(part));
	OK(rump_sys_close(all));
	rump_schedule();
	EQUAL(rump__etfs_remove("/part"), 0);
	EQUAL(rump__etfs_remove("/part"), RUMP_ENOENT);
	rump_unschedule();
	FAILS(rump_sys_open("/part", RUMP_O_RDONLY), RUMP_ENOENT);
	OK(rump_sys_open("/all", RUMP_O_RDONLY));
	return 0;
}
