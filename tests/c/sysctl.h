/* The tree of sysctl(2). */

#ifndef TESTS_SYSCTL_H_
#define TESTS_SYSCTL_H_

typedef struct rump_netbsd_sysctlnode Node;

#define N_SYSCTL_VERSION	0x01000000u

#define N_CTL_QUERY		(-2)
#define N_CTL_CREATE		(-3)
#define N_CTL_DESTROY		(-5)
#define N_CTL_MMAP		(-6)
#define N_CTL_DESCRIBE		(-7)

#define N_CTL_KERN		1
#define N_CTL_VM		2
#define N_CTL_VFS		3
#define N_CTL_NET		4
#define N_CTL_HW		6
#define N_CTL_DDB		9
#define N_CTL_PROC		10
#define N_CTL_VENDOR		11

#define N_CTLTYPE_NODE		1
#define N_CTLTYPE_INT		2
#define N_CTLTYPE_STRING	3
#define N_CTLTYPE_QUAD		4
#define N_CTLTYPE_STRUCT	5
#define N_CTLTYPE_BOOL		6
#define N_CTLTYPE_MASK		0xf

#define N_CTLFLAG_READWRITE	0x70
#define N_CTLFLAG_ANYWRITE	0x80
#define N_CTLFLAG_PRIVATE	0x100
#define N_CTLFLAG_PERMANENT	0x200
#define N_CTLFLAG_OWNDATA	0x400
#define N_CTLFLAG_IMMEDIATE	0x800
#define N_CTLFLAG_HIDDEN	0x8000

#define N_KERN_OSTYPE		1
#define N_KERN_HOSTNAME		10
#define N_HW_NCPU		3

#define NAME(...) (const int[]){ __VA_ARGS__ }, sizeof((const int[]){ __VA_ARGS__ }) / sizeof(int)

/* The name of the node for sysctl(8)'s `name`, by asking at each level. Gives its length, 0 if there is none. */
__attribute__((unused)) static unsigned
find_name(const char *text, int *name, Node *found)
{
	static Node nodes[128];
	char copy[256], *rest, *part;
	unsigned length = 0;

	snprintf(copy, sizeof copy, "%s", text);
	for (part = strtok_r(copy, ".", &rest); part != NULL; part = strtok_r(NULL, ".", &rest)) {
		Node query = { .sysctl_flags = N_SYSCTL_VERSION };
		size_t size = sizeof nodes, i;

		name[length] = N_CTL_QUERY;
		OK(rump_sys___sysctl(name, length + 1, nodes, &size, &query, sizeof query));
		HOLDS(size % sizeof query == 0);
		for (i = 0; i < size / sizeof query; i++)
			if (strcmp(nodes[i].sysctl_name, part) == 0)
				break;
		if (i == size / sizeof query)
			return 0;
		name[length++] = nodes[i].sysctl_num;
		*found = nodes[i];
	}
	return length;
}

/* The value of a name in words. */
__attribute__((unused)) static size_t
value_of(const char *text, void *value, size_t size)
{
	int name[16];
	Node node;
	unsigned length = find_name(text, name, &node);

	if (length == 0)
		check_fail(__FILE__, __LINE__, "there is no %s", text);
	memset(value, 0xa5, size);
	if (rump_sys___sysctl(name, length, value, &size, NULL, 0) != 0)
		check_fail(__FILE__, __LINE__, "%s: %s", text, rump_strerror(errno));
	return size;
}

__attribute__((unused)) static int
int_of(const char *text)
{
	int value;

	EQUAL(value_of(text, &value, sizeof value), sizeof value);
	return value;
}

#endif /* TESTS_SYSCTL_H_ */
