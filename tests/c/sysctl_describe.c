/* needs: */
/* Descriptions: of all nodes, of one, and for one that has none yet. */
#include "check.h"
#include "sysctl.h"

typedef struct rump_netbsd_sysctldesc Description;

int
main(void)
{
	static char buffer[16384];
	size_t size = sizeof buffer, less;
	Node query = { .sysctl_flags = N_SYSCTL_VERSION, .sysctl_num = N_CTL_HW }, node = { 0 };
	int number = 1, count = 0;

	boot();
	OK(rump_sys___sysctl(NAME(N_CTL_DESCRIBE), buffer, &size, NULL, 0));
	for (size_t at = 0; at < size; count++) {
		Description *one = (Description *)(buffer + at);
		HOLDS(at + sizeof *one + one->descr_len <= size && one->descr_len > 0);
		HOLDS(strlen(one->descr_str) + 1 == one->descr_len);
		at += sizeof *one + (one->descr_len + 3) / 4 * 4;
		HOLDS(at <= size);
	}
	HOLDS(count >= 13);
	less = size - 1;
	memset(buffer, 0, sizeof buffer);
	FAILS(rump_sys___sysctl(NAME(N_CTL_DESCRIBE), buffer, &less, NULL, 0), RUMP_ENOMEM);
	EQUAL(less, size);

	size = sizeof buffer;
	OK(rump_sys___sysctl(NAME(N_CTL_DESCRIBE), buffer, &size, &query, sizeof query));
	EQUAL(((Description *)buffer)->descr_num, N_CTL_HW);
	query.sysctl_num = 4711;
	FAILS(rump_sys___sysctl(NAME(N_CTL_DESCRIBE), buffer, &size, &query, sizeof query), RUMP_ENOENT);

	/* Not one of the kernel's; one's own, once. */
	query.sysctl_num = N_KERN_OSTYPE;
	query.sysctl_desc = (uint64_t)(uintptr_t)"mine";
	FAILS(rump_sys___sysctl(NAME(N_CTL_KERN, N_CTL_DESCRIBE), buffer, &size, &query, sizeof query), RUMP_EPERM);
	node.sysctl_flags = N_SYSCTL_VERSION | N_CTLTYPE_INT | N_CTLFLAG_IMMEDIATE;
	node.sysctl_num = 5;
	strcpy(node.sysctl_name, "own");
	OK(rump_sys___sysctl(NAME(N_CTL_VENDOR, N_CTL_CREATE), NULL, NULL, &node, sizeof node));
	query.sysctl_num = 5;
	size = sizeof buffer;
	OK(rump_sys___sysctl(NAME(N_CTL_VENDOR, N_CTL_DESCRIBE), buffer, &size, &query, sizeof query));
	EQUAL(size, 20);
	HOLDS(strcmp(((Description *)buffer)->descr_str, "mine") == 0);
	FAILS(rump_sys___sysctl(NAME(N_CTL_VENDOR, N_CTL_DESCRIBE), buffer, &size, &query, sizeof query), RUMP_EPERM);
	FAILS(rump_sys___sysctl(NAME(N_CTL_VENDOR, 5, N_CTL_DESCRIBE), buffer, &size, &query, sizeof query), RUMP_ENOTDIR);
	(void)number;
	return 0;
}
