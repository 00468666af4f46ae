/* needs: */
/* Copying and clearing descriptors exclude one another. */
#include "check.h"

int
main(void)
{
	boot();
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFDG | RUMP_RFCFDG), RUMP_EINVAL);
	HOLDS(rump_pub_lwproc_curlwp() == NULL);
	return 0;
}
