/* needs: fs_tmpfs vfs */
/*
 * The whole tree, as sysctl(8) -a walks it: names and numbers are unique and in order, what is below a node is what it says,
 * and every value can be read, in whatever room there is.
 */
#include "check.h"
#include "sysctl.h"

static int leaves, nodes;

static void
read_leaf(const int *name, unsigned length, const Node *node, const char *text)
{
	static unsigned char value[70000], again[70000];
	size_t size = 0;
	unsigned type = node->sysctl_flags & N_CTLTYPE_MASK;
	/* Its size is what it is asked for. */
	bool any_size = strcmp(text, ".kern.arandom") == 0;
	/* For each processor, where there is room for another size than that of the sum; the name may say which. */
	bool per_processor = strcmp(text, ".kern.cp_time") == 0;

	leaves++;
	/* It wants to know which counters. */
	if (strcmp(text, ".kern.evcnt") == 0) {
		FAILS(rump_sys___sysctl(name, length, NULL, &size, NULL, 0), RUMP_EINVAL);
		return;
	}
	if (rump_sys___sysctl(name, length, NULL, &size, NULL, 0) != 0)
		check_fail(__FILE__, __LINE__, "size of %s: %s", text, rump_strerror(errno));
	size_t room = any_size ? 256 : per_processor ? size : sizeof value;
	memset(value, 0xa5, sizeof value);
	if (rump_sys___sysctl(name, length, value, &room, NULL, 0) != 0)
		check_fail(__FILE__, __LINE__, "%s: %s", text, rump_strerror(errno));
	ALL(value + room, 0xa5, sizeof value - room);
	HOLDS(any_size || size == room);
	if (type == N_CTLTYPE_INT)
		HOLDS(size == 4 && node->sysctl_size == 4);
	else if (type == N_CTLTYPE_QUAD)
		HOLDS(size == 8 && node->sysctl_size == 8);
	else if (type == N_CTLTYPE_BOOL)
		HOLDS(size == 1 && value[0] <= 1);
	else if (type == N_CTLTYPE_STRING)
		HOLDS(size >= 1 && strlen((char *)value) + 1 == size);
	else
		HOLDS(type == N_CTLTYPE_STRUCT);
	if (node->sysctl_flags & N_CTLFLAG_IMMEDIATE)
		SAME(value, &node->sysctl_un, size);
	if (size > 1 && !any_size && !per_processor) {
		size_t less = size - 1;
		memset(again, 0xa5, sizeof again);
		FAILS(rump_sys___sysctl(name, length, again, &less, NULL, 0), RUMP_ENOMEM);
		EQUAL(less, size);
		ALL(again + size - 1, 0xa5, 8);
	}
	if (!(node->sysctl_flags & N_CTLFLAG_READWRITE))
		FAILS(rump_sys___sysctl(name, length, NULL, NULL, value, size), RUMP_EPERM);
	int longer[16];
	memcpy(longer, name, length * sizeof(int));
	longer[length] = per_processor ? 1000 : 1;
	FAILS(rump_sys___sysctl(longer, length + 1, NULL, NULL, NULL, 0), per_processor ? RUMP_ENOENT : RUMP_ENOTDIR);
}

static void
walk(int *name, unsigned length, const Node *parent, const char *text)
{
	Node query = { .sysctl_flags = N_SYSCTL_VERSION };
	size_t size = 0, less;

	nodes++;
	name[length] = N_CTL_QUERY;
	OK(rump_sys___sysctl(name, length + 1, NULL, &size, &query, sizeof query));
	EQUAL(size % sizeof query, 0);
	size_t count = size / sizeof query;
	if (parent != NULL)
		EQUAL(parent->sysctl_un.node.clen, count);
	Node *children = calloc(count + 1, sizeof query);
	memset(&children[count], 0xa5, sizeof query);
	OK(rump_sys___sysctl(name, length + 1, children, &size, &query, sizeof query));
	ALL(&children[count], 0xa5, sizeof query);
	if (count > 1) {
		/* Only whole nodes. */
		Node one[2];
		memset(one, 0xa5, sizeof one);
		less = sizeof one[0] + 50;
		FAILS(rump_sys___sysctl(name, length + 1, one, &less, &query, sizeof query), RUMP_ENOMEM);
		EQUAL(less, size);
		SAME(one, children, sizeof one[0]);
		ALL(&one[1], 0xa5, sizeof one[1]);
	}
	for (size_t i = 0; i < count; i++) {
		char below[256];

		EQUAL(children[i].sysctl_flags & 0xff000000, N_SYSCTL_VERSION);
		HOLDS(memchr(children[i].sysctl_name, 0, 32) != NULL && children[i].sysctl_name[0] != '\0');
		HOLDS(children[i].sysctl_parent == 0 && children[i].sysctl_func == 0);
		HOLDS(i == 0 || children[i - 1].sysctl_num < children[i].sysctl_num);
		HOLDS(parent == NULL || children[i].sysctl_ver <= parent->sysctl_ver);
		for (size_t j = 0; j < i; j++)
			HOLDS(strcmp(children[i].sysctl_name, children[j].sysctl_name) != 0);
		snprintf(below, sizeof below, "%s.%s", text, children[i].sysctl_name);
		name[length] = children[i].sysctl_num;
		if ((children[i].sysctl_flags & N_CTLTYPE_MASK) == N_CTLTYPE_NODE) {
			/* It has no value; kern.proc2 has one for each longer name. */
			FAILS(rump_sys___sysctl(name, length + 1, NULL, NULL, NULL, 0), RUMP_EINVAL);
			walk(name, length + 1, &children[i], below);
		} else
			read_leaf(name, length + 1, &children[i], below);
	}
	free(children);
}

int
main(void)
{
	int name[16];

	boot();
	walk(name, 0, NULL, "");
	HOLDS(leaves > 50 && nodes > 25);
	return 0;
}
