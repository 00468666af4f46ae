/* needs: vfs */
/* builds: counter needy */
/* A C module that requires a component of the kernel's and another C module. What is missing at the boot is named, and can
 * come later. */
#include "check.h"
#include "console.h"
#include "modules.h"
#include <dlfcn.h>

int
main(void)
{
	struct rump_modctl_load load = { .ml_filename = "needy" };
	struct modstat status;
	void *needy = dlopen("./needy.so", RTLD_NOW | RTLD_LOCAL);

	if (needy == NULL)
		check_fail(__FILE__, __LINE__, "%s", dlerror());
	const int *starts = dlsym(needy, "needy_starts");
	console_start();
	boot();
	const char *text = console_end();
	HOLDS(strstr(text, "`needy' requires `tmpfs', which is not there") != NULL);
	EQUAL(*starts, 0);
	HOLDS(find_module("needy", &status) && status.ms_refcnt == UINT32_MAX);

	HOLDS(dlopen("librumpfs_tmpfs.so.0", RTLD_NOW | RTLD_LOCAL) != NULL);
	console_start();
	FAILS(rump_sys_modctl(N_MODCTL_LOAD, &load), RUMP_ENOENT);
	HOLDS(strstr(console_end(), "`needy' requires `counter'") != NULL);
	void *counter = dlopen("./counter.so", RTLD_NOW | RTLD_LOCAL);
	HOLDS(counter != NULL);
	const struct modinfo *const *set = dlsym(counter, "__start_link_set_modules");
	EQUAL(rump_pub_module_init(set, 1), 0);
	OK(rump_sys_modctl(N_MODCTL_LOAD, &load));
	EQUAL(*starts, 1);
	HOLDS(find_module("tmpfs", &status) && status.ms_refcnt == 1);
	EQUAL(rump_pub_module_fini(set[0]), RUMP_EBUSY);
	FAILS(rump_sys_modctl(N_MODCTL_UNLOAD, "tmpfs"), RUMP_EBUSY);
	OK(rump_sys_modctl(N_MODCTL_UNLOAD, "needy"));
	EQUAL(rump_pub_module_fini(set[0]), 0);
	OK(rump_sys_modctl(N_MODCTL_UNLOAD, "tmpfs"));

	/* A module that calls itself as one of the kernel's. */
	struct modinfo impostor = *set[0];
	const struct modinfo *const impostors[] = { &impostor };
	impostor.mi_name = "vfs";
	EQUAL(rump_pub_module_init(impostors, 1), RUMP_EEXIST);
	return 0;
}
