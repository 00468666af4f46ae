/* needs: */
/* How to boot is kept as it was set. */
#include "check.h"

int
main(void)
{
	rump_boot_sethowto(RUMP_AB_SILENT);
	EQUAL(rump_boot_gethowto(), RUMP_AB_SILENT);
	boot();
	EQUAL(rump_boot_gethowto(), RUMP_AB_SILENT);
	HOLDS(rump_getversion() >= 799003400);
	EQUAL(rump_pub_getversion(), rump_getversion());
	return 0;
}
