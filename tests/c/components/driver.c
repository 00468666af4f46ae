/* A driver in C that makes its nodes as NetBSD's do, through the variables of other factions. */
#include <stdio.h>

#include <rump/rump.h>
#include <rump/rump_component.h>
#include <rump/rump_faction.h>

int driver_error = -1;

RUMP_COMPONENT(RUMP_COMPONENT_DEV_AFTERMAINBUS)
{
	printf("driver: attached\n");
	fflush(stdout);
	if ((driver_error = rump_vfs_makedevnodes(0060000, "/dev/drv0", 'a', 250, 0, 4)) == 0 &&
	    (driver_error = rump_vfs_makedevnodes(0020000, "/dev/rdrv0", 'a', 251, 0, 4)) == 0)
		driver_error = rump_vfs_makesymlink("drv0a", "/dev/drv");
}
