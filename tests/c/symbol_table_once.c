/* needs: */
/* The kernel gets its symbol table from the host at boot, once; a further one is EBUSY. */
#include "check.h"

int
main(void)
{
	char symbols[64] = { 0 }, strings[64] = { 0 };

	boot();
	EQUAL(rump_pub_kernelfsym_load(symbols, sizeof symbols, strings, sizeof strings), RUMP_EBUSY);
	EQUAL(rump_pub_kernelfsym_load(NULL, 0, NULL, 0), RUMP_EBUSY);
	return 0;
}
