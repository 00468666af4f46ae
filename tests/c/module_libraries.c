/* needs: vfs */
/*
 * The way in which programs bring modules in: they load a library and hand its link set over. It works with the kernel's own
 * libraries, which have started by then, and says so the second time.
 */
#include "check.h"
#include "modules.h"
#include <dlfcn.h>

static int
hand_over(void *library, int (*take)(const struct modinfo *const *, size_t))
{
	const struct modinfo *const *start = dlsym(library, "__start_link_set_modules");
	const struct modinfo *const *stop = dlsym(library, "__stop_link_set_modules");

	HOLDS(start != NULL && stop != NULL && stop - start == 1);
	return take(start, (size_t)(stop - start));
}

static int
take_back(const struct modinfo *const *set, size_t count)
{
	return count == 1 ? rump_pub_module_fini(set[0]) : -1;
}

int
main(void)
{
	struct modstat status;

	boot();
	HOLDS(find_module("vfs", &status));
	HOLDS(!find_module("tmpfs", &status));
	void *library = dlopen("librumpfs_tmpfs.so.0", RTLD_LAZY | RTLD_LOCAL);
	HOLDS(library != NULL);
	HOLDS(find_module("tmpfs", &status));
	EQUAL(status.ms_class, MODULE_CLASS_VFS);
	HOLDS(strcmp(status.ms_required, "vfs") == 0);
	EQUAL(hand_over(library, rump_pub_module_init), 0);
	EQUAL(hand_over(library, rump_pub_module_init), RUMP_EEXIST);

	OK(rump_sys_mkdir("/t", 0777));
	OK(try_mount_tmpfs("/t", 0, 0, 0));
	EQUAL(hand_over(library, take_back), RUMP_EBUSY);
	OK(rump_sys_unmount("/t", 0));
	EQUAL(hand_over(library, take_back), 0);
	FAILS(try_mount_tmpfs("/t", 0, 0, 0), RUMP_ENODEV);
	HOLDS(!find_module("tmpfs", &status));
	EQUAL(hand_over(library, rump_pub_module_init), 0);
	OK(try_mount_tmpfs("/t", 0, 0, 0));
	make_file("/t/f", "data", 4);

	OK(rump_sys_unmount("/t", 0));
	EQUAL(rump_sys_modctl(N_MODCTL_UNLOAD, "tmpfs"), 0);
	FAILS(try_mount_tmpfs("/t", 0, 0, 0), RUMP_ENODEV);
	FAILS(rump_sys_modctl(N_MODCTL_UNLOAD, "vfs"), RUMP_EBUSY);
	return 0;
}
