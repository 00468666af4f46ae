/* needs: vfs */
/* Device nodes, links and tables of devices for components in C, between rump_schedule and rump_unschedule. */
#include "check.h"

#include <rump/rump_faction.h>

enum { BLOCK = 0060000, CHARACTER = 0020000, TYPE = 0170000 };

/* NetBSD's packing of device numbers. */
static uint64_t
device(uint32_t major, uint32_t minor)
{
	return (uint64_t)(minor & 0xfff00) << 12 | major << 8 | (minor & 0xff);
}

static void
expect_node(const char *path, int type, uint64_t number, mode_t permissions)
{
	struct rump_netbsd_stat status;

	if (rump_sys_lstat(path, (struct stat *)&status) != 0)
		check_fail(__FILE__, __LINE__, "%s is not there", path);
	if ((status.st_mode & TYPE) != (unsigned)type || status.st_rdev != number ||
	    (status.st_mode & 0777) != permissions)
		check_fail(__FILE__, __LINE__, "%s: mode %o, device %llx", path, (unsigned)status.st_mode,
		    (unsigned long long)status.st_rdev);
}

/* What a function inside the kernel gives. */
#define INSIDE(call) (__extension__({ \
	rump_schedule(); \
	int inside_result = (call); \
	rump_unschedule(); \
	inside_result; \
}))

static void
one(void)
{
	EQUAL(INSIDE(rump_vfs_makeonedevnode(CHARACTER, "/dev/one", 200, 0x12345)), 0);
	expect_node("/dev/one", CHARACTER, device(200, 0x12345), 0644);
	/* Once more, and as something else. */
	EQUAL(INSIDE(rump_vfs_makeonedevnode(CHARACTER, "/dev/one", 200, 0x12345)), 0);
	EQUAL(INSIDE(rump_vfs_makeonedevnode(CHARACTER, "/dev/one", 200, 1)), RUMP_EEXIST);
	EQUAL(INSIDE(rump_vfs_makeonedevnode(BLOCK, "/dev/one", 200, 0x12345)), RUMP_EEXIST);
	expect_node("/dev/one", CHARACTER, device(200, 0x12345), 0644);

	EQUAL(INSIDE(rump_vfs_makeonedevnode(BLOCK, "/none/one", 1, 1)), RUMP_ENOENT);
	EQUAL(INSIDE(rump_vfs_makeonedevnode(BLOCK, "/dev/one/more", 1, 1)), RUMP_ENOTDIR);
	EQUAL(INSIDE(rump_vfs_makeonedevnode(0100000, "/dev/file", 1, 1)), RUMP_EINVAL);
	EQUAL(INSIDE(rump_vfs_makeonedevnode(BLOCK, "/dev/bad", NODEVMAJOR, 1)), RUMP_EINVAL);
	EQUAL(INSIDE(rump_vfs_makeonedevnode(BLOCK, "/dev/bad", 4096, 1)), RUMP_EINVAL);
	EQUAL(INSIDE(rump_vfs_makeonedevnode(BLOCK, "/dev/bad", 1, 0x100000)), RUMP_EINVAL);
	EQUAL(INSIDE(rump_vfs_makeonedevnode(BLOCK, NULL, 1, 1)), RUMP_EFAULT);
	HOLDS(!exists("/dev/bad") && !exists("/dev/file"));
}

static void
several(void)
{
	EQUAL(INSIDE(rump_vfs_makedevnodes(BLOCK, "/dev/unit", 'c', 201, 7, 3)), 0);
	expect_node("/dev/unitc", BLOCK, device(201, 7), 0644);
	expect_node("/dev/unite", BLOCK, device(201, 9), 0644);
	HOLDS(!exists("/dev/unitf") && !exists("/dev/unit"));
	/* What is there already does not keep the others from being made. */
	EQUAL(INSIDE(rump_vfs_makedevnodes(BLOCK, "/dev/unit", 'b', 201, 6, 5)), 0);
	expect_node("/dev/unitb", BLOCK, device(201, 6), 0644);
	expect_node("/dev/unitf", BLOCK, device(201, 10), 0644);
	/* Without a letter. */
	EQUAL(INSIDE(rump_vfs_makedevnodes(CHARACTER, "/dev/control", 0, 202, 5, 1)), 0);
	expect_node("/dev/control", CHARACTER, device(202, 5), 0644);
	EQUAL(INSIDE(rump_vfs_makedevnodes(BLOCK, "/dev/none", 'a', 201, 0, -1)), 0);
	EQUAL(INSIDE(rump_vfs_makedevnodes(BLOCK, "/dev/end", '~', 201, 0, 2)), RUMP_EINVAL);
	EQUAL(INSIDE(rump_vfs_makedevnodes(BLOCK, "/dev/end", 'a', 201, 0xfffff, 2)), RUMP_EINVAL);
	EQUAL(INSIDE(rump_vfs_makedevnodes(BLOCK, "/dev/far", 'a', 201, INT32_MAX, 2)), RUMP_EINVAL);
}

static void
links(void)
{
	char target[16] = "";
	struct rump_netbsd_stat followed;

	EQUAL(INSIDE(rump_vfs_makesymlink("unitc", "/dev/first")), 0);
	EQUAL(OK(rump_sys_readlink("/dev/first", target, sizeof target)), 5);
	SAME(target, "unitc", 6);
	OK(rump_sys_stat("/dev/first", (struct stat *)&followed));
	EQUAL(followed.st_rdev, device(201, 7));
	EQUAL(INSIDE(rump_vfs_makesymlink("unitd", "/dev/first")), RUMP_EEXIST);
	EQUAL(INSIDE(rump_vfs_makesymlink("x", "/none/link")), RUMP_ENOENT);
	EQUAL(INSIDE(rump_vfs_makesymlink(NULL, "/link")), RUMP_EFAULT);
}

static void
table(void)
{
	struct devsw_conv devices[] = {
		{ "quiet", 300, 301, DEVNODE_DONTBOTHER, 0, { 0, 0 } },
		{ "alone", NODEVMAJOR, 302, DEVNODE_SINGLE, DEVNODE_FLAG_ISMINOR0, { 9, 0 } },
		{ "line", NODEVMAJOR, 303, DEVNODE_VECTOR, DEVNODE_FLAG_LINKZERO, { 12, 0 } },
		{ "disk", 304, 305, DEVNODE_VECTOR, 0, { 2, 3 } },
		{ "both", 306, 307, DEVNODE_SINGLE, 0, { 9, 9 } },
		{ "media", 308, NODEVMAJOR, DEVNODE_VECTOR, DEVNODE_FLAG_LINKZERO, { 1, 0 } },
		{ "wide", 309, NODEVMAJOR, DEVNODE_VECTOR, 0, { 1, 40 } },
		{ NULL, 310, 311, DEVNODE_SINGLE, 0, { 0, 0 } },
		{ "taken", NODEVMAJOR, 312, DEVNODE_SINGLE, 0, { 0, 0 } },
		{ "less", 313, 313, DEVNODE_VECTOR, 0, { -1, -1 } },
		{ "last", NODEVMAJOR, 314, DEVNODE_SINGLE, 0, { 0, 0 } },
	};

	make_empty("/dev/taken");
	for (int turn = 0; turn < 2; turn++) {
		rump_schedule();
		rump_vfs_builddevs(devices, sizeof devices / sizeof *devices);
		rump_vfs_builddevs(NULL, 0);
		rump_unschedule();
		HOLDS(!exists("/dev/quiet") && !exists("/dev/rquiet"));
		expect_node("/dev/alone", CHARACTER, device(302, 9), 0600);
		expect_node("/dev/line0", CHARACTER, device(303, 0), 0600);
		expect_node("/dev/line11", CHARACTER, device(303, 11), 0600);
		expect_node("/dev/line", CHARACTER, device(303, 0), 0600);
		HOLDS(!exists("/dev/line12") && !exists("/dev/rline0"));
		expect_node("/dev/disk0a", BLOCK, device(304, 0), 0600);
		expect_node("/dev/disk1c", BLOCK, device(304, 5), 0600);
		expect_node("/dev/rdisk1c", CHARACTER, device(305, 5), 0600);
		HOLDS(!exists("/dev/disk") && !exists("/dev/disk0d") && !exists("/dev/disk2a"));
		expect_node("/dev/both", BLOCK, device(306, 0), 0600);
		expect_node("/dev/rboth", CHARACTER, device(307, 0), 0600);
		expect_node("/dev/media", BLOCK, device(308, 0), 0600);
		expect_node("/dev/wide0z", BLOCK, device(309, 25), 0600);
		HOLDS(!exists("/dev/wide0{") && !exists("/dev/less0") && !exists("/dev/rless0"));
		EQUAL(status_of("/dev/taken").st_mode & TYPE, 0100000);
		expect_node("/dev/last", CHARACTER, device(314, 0), 0600);
	}
}

static void
null_and_zero(void)
{
	char bytes[4] = "abcd";
	int zero;

	OK(rump_sys_unlink("/dev/null"));
	OK(rump_sys_unlink("/dev/zero"));
	EQUAL(INSIDE(rump_devnull_init()), 0);
	expect_node("/dev/null", CHARACTER, device(2, 2), 0666);
	expect_node("/dev/zero", CHARACTER, device(2, 12), 0666);
	zero = OK(rump_sys_open("/dev/zero", RUMP_O_RDONLY));
	EQUAL(OK(rump_sys_read(zero, bytes, 4)), 4);
	ALL(bytes, 0, 4);
	OK(rump_sys_close(zero));
	EQUAL(INSIDE(rump_devnull_init()), 0);
	OK(rump_sys_unlink("/dev/zero"));
	make_empty("/dev/zero");
	EQUAL(INSIDE(rump_devnull_init()), RUMP_EEXIST);
}

/* Who may not make devices may not do so here. */
static void
somebody(void)
{
	new_process_of(5, 5);
	EQUAL(INSIDE(rump_vfs_makeonedevnode(BLOCK, "/tmp-node", 1, 1)), RUMP_EPERM);
	EQUAL(INSIDE(rump_vfs_makeonedevnode(CHARACTER, "/dev/one", 200, 0x12345)), 0);
}

int
main(void)
{
	boot();
	one();
	several();
	links();
	table();
	null_and_zero();
	somebody();
	return 0;
}
