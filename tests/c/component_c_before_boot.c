/* needs: vfs */
/* builds: counter */
/* Components and modules in C, loaded before rump_init(): it starts them, once, in the order of their types. */
#include "check.h"
#include "modules.h"
#include <dlfcn.h>

int
main(void)
{
	struct modstat status;
	void *library = dlopen("./counter.so", RTLD_NOW | RTLD_LOCAL);

	if (library == NULL)
		check_fail(__FILE__, __LINE__, "%s", dlerror());
	const char *text = dlsym(library, "counter_journal");
	EQUAL(strlen(text), 0);
	EQUAL(rump_component_count(RUMP_COMPONENT_KERN), 1);
	EQUAL(rump_component_count(RUMP_COMPONENT_NET), 0);
	boot();
	if (strcmp(text, "kern vfs kern_vfs + postinit syscall ") != 0)
		check_fail(__FILE__, __LINE__, "journal: %s", text);
	HOLDS(find_module("counter", &status));
	EQUAL(status.ms_class, MODULE_CLASS_DRIVER);
	const struct modinfo *const *set = dlsym(library, "__start_link_set_modules");
	EQUAL(rump_pub_module_init(set, 1), RUMP_EEXIST);
	return 0;
}
