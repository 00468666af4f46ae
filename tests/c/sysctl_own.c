/* needs: */
/* Values of this implementation that can be set: the original does not have them. */
#include "check.h"
#include "sysctl.h"

int
main(void)
{
	int number = 0x12345678;

	boot();
	FAILS(rump_sys___sysctl(NAME(N_CTL_KERN, 11), NULL, NULL, &number, 3), RUMP_EINVAL);
	FAILS(rump_sys___sysctl(NAME(N_CTL_KERN, 11), NULL, NULL, &number, 8), RUMP_EINVAL);
	EQUAL(int_of("kern.hostid"), 0);
	OK(rump_sys___sysctl(NAME(N_CTL_KERN, 11), NULL, NULL, &number, 4));
	EQUAL(int_of("kern.hostid"), number);
	return 0;
}
