/* needs: */
/* A program may not have memory that it names shown as a value: the original would show whatever is there. */
#include "check.h"
#include "sysctl.h"

int
main(void)
{
	int number = 1;
	Node node = { .sysctl_flags = N_SYSCTL_VERSION | N_CTLTYPE_INT, .sysctl_num = 3, .sysctl_name = "peek" };

	boot();
	node.sysctl_un.data = (uint64_t)(uintptr_t)&number;
	FAILS(rump_sys___sysctl(NAME(N_CTL_VENDOR, N_CTL_CREATE), NULL, NULL, &node, sizeof node), RUMP_EPERM);
	node.sysctl_flags = N_SYSCTL_VERSION | N_CTLTYPE_STRUCT | N_CTLFLAG_OWNDATA;
	node.sysctl_size = UINT64_MAX;
	FAILS(rump_sys___sysctl(NAME(N_CTL_VENDOR, N_CTL_CREATE), NULL, NULL, &node, sizeof node), RUMP_ENOMEM);
	node.sysctl_size = 1ull << 40;
	FAILS(rump_sys___sysctl(NAME(N_CTL_VENDOR, N_CTL_CREATE), NULL, NULL, &node, sizeof node), RUMP_ENOMEM);
	return 0;
}
