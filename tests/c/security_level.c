/* needs: fs_ffs fs_tmpfs dev_md dev_disk dev vfs */
/* formats: ufs2le */
/* kern.securelevel rises and never falls; what each level takes from the superuser, and what it leaves. */
#include "disk.h"
#include "ffs.h"
#include "kernel_calls.h"
#include "modules.h"
#include "sysctl.h"

#define LEVEL NAME(N_CTL_KERN, 9)

RECORDED(aa, NULL, 0, 0);

static int
set_level(int level)
{
	return rump_sys___sysctl(LEVEL, NULL, NULL, &level, sizeof level);
}

static int
open_once(const char *node, int mode)
{
	int disk = rump_sys_open(node, mode);

	return disk == -1 ? -1 : rump_sys_close(disk);
}

static int
create_node(const char *name)
{
	Node node = { .sysctl_flags = N_SYSCTL_VERSION | N_CTLTYPE_NODE | N_CTLFLAG_READWRITE, .sysctl_num = -1 };

	node.sysctl_num = N_CTL_CREATE;
	strcpy(node.sysctl_name, name);
	return rump_sys___sysctl(NAME(N_CTL_VENDOR, N_CTL_CREATE), NULL, NULL, &node, sizeof node);
}

static void
at_nothing(void)
{
	OK(rump_sys_chflags("/free", N_SF_IMMUTABLE));
	OK(rump_sys_chflags("/free", 0));
	OK(open_once("/dev/md0a", RUMP_O_RDWR));
	OK(create_node("first"));
	OK(rump_sys_modctl(N_MODCTL_UNLOAD, "aa"));
	EQUAL(int_of("kern.securelevel"), 0);
}

static void
at_one(void)
{
	struct rump_modctl_load load = { .ml_filename = "aa", .ml_flags = N_MODCTL_LOAD_FORCE };

	OK(rump_sys_chflags("/held", N_SF_APPEND));
	OK(set_level(1));
	EQUAL(int_of("kern.securelevel"), 1);
	EQUAL(int_of("security.models.securelevel.securelevel"), 1);
	EQUAL(int_of("security.models.bsd44.securelevel"), 1);
	FAILS(set_level(0), RUMP_EPERM);
	FAILS(set_level(-1), RUMP_EPERM);
	OK(set_level(1));

	/* Flags of files that the system holds; others can still become so. */
	FAILS(rump_sys_chflags("/held", 0), RUMP_EPERM);
	FAILS(rump_sys_chflags("/held", N_SF_APPEND | N_SF_IMMUTABLE), RUMP_EPERM);
	OK(rump_sys_chflags("/held", N_SF_APPEND | N_UF_NODUMP));
	OK(rump_sys_chflags("/free", N_SF_IMMUTABLE));
	FAILS(rump_sys_chflags("/free", 0), RUMP_EPERM);

	/* Mounted disks, all parts of them, by both nodes; reading stays. */
	const char *const nodes[] = { "/dev/md0a", "/dev/rmd0a", "/dev/md0d", "/dev/rmd0d" };
	for (int i = 0; i < 4; i++) {
		FAILS(open_once(nodes[i], RUMP_O_RDWR), RUMP_EPERM);
		FAILS(open_once(nodes[i], RUMP_O_WRONLY), RUMP_EPERM);
		OK(open_once(nodes[i], RUMP_O_RDONLY));
	}
	FAILS(open_once("/dev/rdk0", RUMP_O_RDWR), RUMP_EPERM);
	FAILS(open_once("/dev/rmd2d", RUMP_O_RDWR), RUMP_EPERM);
	OK(rump_sys_unmount("/other", 0));
	OK(open_once("/dev/rdk0", RUMP_O_RDWR));
	OK(open_once("/dev/rmd2d", RUMP_O_RDWR));
	OK(open_once("/dev/rmd1d", RUMP_O_RDWR));
	OK(open_once("/dev/null", RUMP_O_RDWR));
	FAILS(create_node("second"), RUMP_EPERM);
	FAILS(rump_sys_modctl(N_MODCTL_LOAD, &load), RUMP_EPERM);
	OK(rump_sys_unmount("/mnt", 0));
	OK(open_once("/dev/rmd0d", RUMP_O_RDWR));
	OK(try_mount("/dev/md0a", "/mnt", 0));
}

static void
at_two(void)
{
	struct timespec now, earlier;
	char name[] = "x.core";

	OK(rump_sys_clock_gettime(N_CLOCK_REALTIME, &now));
	earlier = now;
	earlier.tv_sec -= 5;
	OK(rump_sys_clock_settime(N_CLOCK_REALTIME, &earlier));
	OK(rump_sys_clock_settime(N_CLOCK_REALTIME, &now));
	OK(rump_sys___sysctl(NAME(N_CTL_PROC, INT32_MAX, 1), NULL, NULL, name, sizeof name));
	OK(set_level(2));
	FAILS(rump_sys_clock_settime(N_CLOCK_REALTIME, &earlier), RUMP_EPERM);
	now.tv_sec += 100;
	OK(rump_sys_clock_settime(N_CLOCK_REALTIME, &now));
	now.tv_sec = INT64_MAX - 1000;
	FAILS(rump_sys_clock_settime(N_CLOCK_REALTIME, &now), RUMP_EPERM);
	FAILS(rump_sys___sysctl(NAME(N_CTL_PROC, INT32_MAX, 1), NULL, NULL, name, sizeof name), RUMP_EPERM);
	FAILS(open_once("/dev/rmd1d", RUMP_O_RDWR), RUMP_EPERM);
	OK(open_once("/dev/rmd1d", RUMP_O_RDONLY));
	OK(open_once("/dev/null", RUMP_O_RDWR));
	FAILS(try_mount_tmpfs("/other", 0, 0, 0), RUMP_EPERM);
	FAILS(try_mount("/dev/md0a", "/mnt", RUMP_MNT_UPDATE | RUMP_MNT_NOSUID), RUMP_EPERM);
	FAILS(try_mount("/dev/md0a", "/mnt", RUMP_MNT_UPDATE), RUMP_EPERM);
	OK(try_mount("/dev/md0a", "/mnt", RUMP_MNT_UPDATE | RUMP_MNT_RDONLY));
	FAILS(try_mount("/dev/md0a", "/mnt", RUMP_MNT_UPDATE), RUMP_EPERM);
	OK(rump_sys_unmount("/mnt", 0));
}

int
main(int count, char **arguments)
{
	const struct modinfo *const set[] = { &aa };
	size_t size;

	take_format(count, arguments);
	make_image("image.bin", "2m", "");
	void *image = host_bytes("image.bin", &size);
	boot();
	EQUAL(rump_pub_module_init(set, 1), 0);
	configure_memory("/dev/rmd0d", size);
	fill_disk("/dev/rmd0a", image, size);
	/* The same in a wedge. */
	struct wedge wedge = { .name = "part", .offset = 64, .size = size / SECTOR };
	OK(rump_sys_mknod("/dev/rmd2d", S_IFCHR | 0600, 24 << 8 | (2 * 8 + 3)));
	configure_memory("/dev/rmd2d", size + 64 * SECTOR);
	int disk = open_disk("/dev/rmd2d");
	OK(rump_sys_ioctl(disk, N_DIOCAWEDGE, &wedge));
	OK(rump_sys_close(disk));
	fill_disk("/dev/rdk0", image, size);
	free(image);
	OK(rump_sys_mknod("/dev/rmd1d", S_IFCHR | 0600, 24 << 8 | (8 + 3)));
	configure_memory("/dev/rmd1d", 65536);
	OK(rump_sys_mkdir("/mnt", 0777));
	OK(rump_sys_mkdir("/other", 0777));
	make_empty("/held");
	make_empty("/free");
	OK(try_mount("/dev/md0a", "/mnt", 0));
	OK(try_mount("/dev/dk0", "/other", 0));
	new_process();
	at_nothing();
	at_one();
	at_two();
	int level = 3;
	new_process_of(10, 10);
	FAILS(rump_sys___sysctl(LEVEL, NULL, NULL, &level, sizeof level), RUMP_EPERM);
	return 0;
}
