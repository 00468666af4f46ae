/* needs: */
/* Nodes that programs create and destroy, with every type, what is refused, and the versions. */
#include "check.h"
#include "sysctl.h"

static int
create(int parent, const char *name, int number, unsigned flags, uint64_t size, const void *data, Node *created)
{
	Node node = { .sysctl_flags = N_SYSCTL_VERSION | flags, .sysctl_num = number, .sysctl_size = size };
	size_t length = sizeof node;
	const int path[] = { parent, N_CTL_CREATE };

	memcpy(node.sysctl_name, name, strnlen(name, sizeof node.sysctl_name));
	node.sysctl_un.data = (uint64_t)(uintptr_t)data;
	return rump_sys___sysctl(parent == 0 ? path + 1 : path, parent == 0 ? 1 : 2, created, &length, &node, sizeof node);
}

static int
destroy(int parent, int number, const char *name, unsigned version)
{
	Node node = { .sysctl_flags = N_SYSCTL_VERSION, .sysctl_num = number, .sysctl_ver = version }, dead;
	size_t length = sizeof dead;
	const int path[] = { parent, N_CTL_DESTROY };

	strncpy(node.sysctl_name, name, sizeof node.sysctl_name - 1);
	return rump_sys___sysctl(parent == 0 ? path + 1 : path, parent == 0 ? 1 : 2, &dead, &length, &node, sizeof node);
}

#define V N_CTL_VENDOR
#define RW N_CTLFLAG_READWRITE
#define OWN N_CTLFLAG_OWNDATA

int
main(void)
{
	Node node, other, parent;
	int name[16], number = 77, read;
	char text[64];
	size_t size;

	boot();
	/* Each type. */
	OK(create(V, "integer", N_CTL_CREATE, N_CTLTYPE_INT | RW | OWN, 0, &number, &node));
	HOLDS(node.sysctl_num >= 1024 && node.sysctl_size == 4);
	HOLDS(strcmp(node.sysctl_name, "integer") == 0);
	EQUAL(int_of("vendor.integer"), 77);
	number = 78;
	OK(rump_sys___sysctl(NAME(V, node.sysctl_num), NULL, NULL, &number, 4));
	EQUAL(int_of("vendor.integer"), 78);
	OK(create(V, "string", 5, N_CTLTYPE_STRING | RW | OWN, 0, "hello", &other));
	EQUAL(other.sysctl_size, 6);
	EQUAL(other.sysctl_num, 5);
	EQUAL(value_of("vendor.string", text, sizeof text), 6);
	FAILS(rump_sys___sysctl(NAME(V, 5), NULL, NULL, "longer", 7), RUMP_EINVAL);
	OK(rump_sys___sysctl(NAME(V, 5), NULL, NULL, "bye", 3));
	EQUAL(value_of("vendor.string", text, sizeof text), 4);
	HOLDS(strcmp(text, "bye") == 0);
	OK(create(V, "text", 6, N_CTLTYPE_STRING | RW | OWN, 20, NULL, &other));
	EQUAL(value_of("vendor.text", text, sizeof text), 1);
	OK(create(V, "structure", 7, N_CTLTYPE_STRUCT | OWN, 9, "ninebytes", &other));
	EQUAL(value_of("vendor.structure", text, sizeof text), 9);
	SAME(text, "ninebytes", 9);
	OK(create(V, "quad", 8, N_CTLTYPE_QUAD | N_CTLFLAG_IMMEDIATE | RW, 0, (void *)0x123456789a, &other));
	EQUAL(other.sysctl_un.qdata, 0x123456789a);
	uint64_t quad;
	EQUAL(value_of("vendor.quad", &quad, sizeof quad), 8);
	EQUAL(quad, 0x123456789a);
	OK(create(V, "bool", 9, N_CTLTYPE_BOOL | N_CTLFLAG_IMMEDIATE | RW, 0, (void *)1, &other));
	FAILS(rump_sys___sysctl(NAME(V, 9), NULL, NULL, "\2", 1), RUMP_EINVAL);
	OK(rump_sys___sysctl(NAME(V, 9), NULL, NULL, "\0", 1));
	EQUAL(value_of("vendor.bool", text, sizeof text), 1);
	EQUAL(text[0], 0);

	/* Nodes below nodes. */
	OK(create(V, "folder", 10, N_CTLTYPE_NODE | RW, 0, NULL, &node));
	Node below = { .sysctl_flags = N_SYSCTL_VERSION | N_CTLTYPE_INT | N_CTLFLAG_IMMEDIATE, .sysctl_num = 3,
	    .sysctl_name = "below", .sysctl_un.idata = -5 };
	size = sizeof other;
	OK(rump_sys___sysctl(NAME(V, 10, N_CTL_CREATE), &other, &size, &below, sizeof below));
	EQUAL(int_of("vendor.folder.below"), -5);
	HOLDS(find_name("vendor.folder", name, &node) == 2 && node.sysctl_un.node.clen == 1);
	EQUAL(node.sysctl_ver, other.sysctl_ver);
	HOLDS(find_name("vendor", name, &parent) == 1 && parent.sysctl_ver == node.sysctl_ver);
	FAILS(destroy(V, 10, "", 0), RUMP_ENOTEMPTY);

	/* A name or a number that is taken: what has it is given. */
	memset(&other, 0, sizeof other);
	FAILS(create(V, "integer", 44, N_CTLTYPE_INT | OWN, 0, &number, &other), RUMP_EEXIST);
	HOLDS(strcmp(other.sysctl_name, "integer") == 0);
	FAILS(create(V, "another", 5, N_CTLTYPE_INT | OWN, 0, &number, &other), RUMP_EEXIST);
	HOLDS(strcmp(other.sysctl_name, "string") == 0);

	/* Bad descriptions. */
	FAILS(create(V, "", 50, N_CTLTYPE_INT | OWN, 0, &number, &other), RUMP_EINVAL);
	FAILS(create(V, "1digit", 50, N_CTLTYPE_INT | OWN, 0, &number, &other), RUMP_EINVAL);
	FAILS(create(V, "a.b", 50, N_CTLTYPE_INT | OWN, 0, &number, &other), RUMP_EINVAL);
	FAILS(create(V, "a-name-of-thirty-two-characters-", 50, N_CTLTYPE_INT | OWN, 0, &number, &other), RUMP_EINVAL);
	OK(create(V, "a-name-of-thirty-one_characters", 50, N_CTLTYPE_INT | OWN, 0, &number, &other));
	FAILS(create(V, "n", -9, N_CTLTYPE_INT | OWN, 0, &number, &other), RUMP_EINVAL);
	FAILS(create(V, "n", 51, N_CTLTYPE_INT | OWN, 3, &number, &other), RUMP_EINVAL);
	FAILS(create(V, "n", 51, N_CTLTYPE_STRUCT | OWN, 0, &number, &other), RUMP_EINVAL);
	FAILS(create(V, "n", 51, 0xf | OWN, 0, &number, &other), RUMP_EINVAL);
	FAILS(create(V, "n", 51, N_CTLTYPE_INT | OWN | N_CTLFLAG_IMMEDIATE, 0, &number, &other), RUMP_EINVAL);
	FAILS(create(V, "n", 51, N_CTLTYPE_STRING | N_CTLFLAG_IMMEDIATE, 8, &number, &other), RUMP_EINVAL);
	FAILS(create(V, "n", 51, N_CTLTYPE_STRING | OWN, 0, NULL, &other), RUMP_EINVAL);
	FAILS(create(V, "n", 51, N_CTLTYPE_INT, 0, NULL, &other), RUMP_EINVAL);
	FAILS(create(V, "n", 51, N_CTLTYPE_NODE, 12, NULL, &other), RUMP_EINVAL);
	FAILS(create(V, "n", 51, N_CTLTYPE_INT | OWN | N_CTLFLAG_PERMANENT, 0, &number, &other), RUMP_EPERM);
	Node bad = { .sysctl_flags = N_SYSCTL_VERSION | N_CTLTYPE_INT | OWN, .sysctl_num = 52, .sysctl_name = "bad" };
	FAILS(rump_sys___sysctl(NAME(V, N_CTL_CREATE), NULL, NULL, NULL, 0), RUMP_EINVAL);
	FAILS(rump_sys___sysctl(NAME(V, N_CTL_CREATE), NULL, NULL, &bad, sizeof bad - 1), RUMP_EINVAL);
	bad.sysctl_parent = 1;
	FAILS(rump_sys___sysctl(NAME(V, N_CTL_CREATE), NULL, NULL, &bad, sizeof bad), RUMP_EINVAL);
	bad.sysctl_parent = 0;
	bad.sysctl_func = 1;
	FAILS(rump_sys___sysctl(NAME(V, N_CTL_CREATE), NULL, NULL, &bad, sizeof bad), RUMP_EPERM);
	bad.sysctl_func = 0;
	bad.sysctl_ver = 1;
	FAILS(rump_sys___sysctl(NAME(V, N_CTL_CREATE), NULL, NULL, &bad, sizeof bad), RUMP_EINVAL);
	HOLDS(find_name("vendor", name, &parent) == 1);
	bad.sysctl_ver = parent.sysctl_ver;
	OK(rump_sys___sysctl(NAME(V, N_CTL_CREATE), NULL, NULL, &bad, sizeof bad));
	bad.sysctl_flags = 0;
	bad.sysctl_num = 53;
	FAILS(rump_sys___sysctl(NAME(V, N_CTL_CREATE), NULL, NULL, &bad, sizeof bad), RUMP_EINVAL);

	/* Where the kernel does not allow it. */
	FAILS(create(N_CTL_KERN, "n", 3000, N_CTLTYPE_INT | OWN, 0, &number, &other), RUMP_EPERM);
	FAILS(destroy(N_CTL_KERN, N_KERN_OSTYPE, "", 0), RUMP_EPERM);
	FAILS(destroy(0, V, "", 0), RUMP_EPERM);
	OK(create(0, "toplevel", N_CTL_CREATE, N_CTLTYPE_NODE | RW, 0, NULL, &other));
	HOLDS(find_name("toplevel", name, &node) == 1);
	OK(destroy(0, node.sysctl_num, "toplevel", 0));
	HOLDS(find_name("toplevel", name, &node) == 0);

	/* Destroying: by number, and name and version where they are given. */
	HOLDS(find_name("vendor.string", name, &node) == 2);
	FAILS(destroy(V, 5, "wrong", 0), RUMP_ENOENT);
	FAILS(destroy(V, 5, "string", node.sysctl_ver + 1), RUMP_ENOENT);
	FAILS(destroy(V, 4711, "", 0), RUMP_ENOENT);
	OK(destroy(V, 5, "string", node.sysctl_ver));
	FAILS(rump_sys___sysctl(NAME(V, 5), NULL, NULL, NULL, 0), RUMP_ENOENT);
	FAILS(rump_sys___sysctl(NAME(V, N_CTL_DESTROY), NULL, NULL, NULL, 0), RUMP_EINVAL);

	/* A private value is for the superuser. */
	OK(create(V, "private", 60, N_CTLTYPE_INT | OWN | N_CTLFLAG_PRIVATE, 0, &number, &other));
	OK(create(V, "public", 61, N_CTLTYPE_INT | OWN | RW | N_CTLFLAG_ANYWRITE, 0, &number, &other));
	new_process_of(1000, 1000);
	size = 4;
	FAILS(rump_sys___sysctl(NAME(V, 60), &read, &size, NULL, 0), RUMP_EPERM);
	FAILS(create(V, "mine", 62, N_CTLTYPE_INT | OWN, 0, &number, &other), RUMP_EPERM);
	FAILS(destroy(V, 61, "", 0), RUMP_EPERM);
	number = 99;
	OK(rump_sys___sysctl(NAME(V, 61), NULL, NULL, &number, 4));
	EQUAL(int_of("vendor.public"), 99);
	return 0;
}
