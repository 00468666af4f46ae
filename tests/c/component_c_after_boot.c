/* needs: */
/* builds: counter */
/* Components in C that come after rump_init() start at once, those of a faction when it comes; modules are handed over. */
#include "check.h"
#include "modules.h"
#include <dlfcn.h>

static void
expect(const char *text, const char *expected)
{
	if (strcmp(text, expected) != 0)
		check_fail(__FILE__, __LINE__, "journal: %s", text);
}

int
main(void)
{
	struct modstat status;

	boot();
	void *library = dlopen("./counter.so", RTLD_NOW | RTLD_LOCAL);
	if (library == NULL)
		check_fail(__FILE__, __LINE__, "%s", dlerror());
	char *text = dlsym(library, "counter_journal");
	HOLDS(strstr(text, "kern ") != NULL && strstr(text, "postinit ") != NULL && strstr(text, "syscall ") != NULL);
	HOLDS(strstr(text, "net_route") == NULL && strstr(text, " vfs ") == NULL && text[0] != 'v');
	text[0] = '\0';
	HOLDS(!find_module("counter", &status));
	const struct modinfo *const *set = dlsym(library, "__start_link_set_modules");
	const struct modinfo *const *end = dlsym(library, "__stop_link_set_modules");
	EQUAL(end - set, 1);
	EQUAL(rump_pub_module_init(set, 1), 0);
	expect(text, "+ ");
	HOLDS(dlopen("librumpvfs.so.0", RTLD_NOW | RTLD_LOCAL) != NULL);
	expect(text, "+ vfs ");
	EQUAL(rump_pub_module_fini(set[0]), 0);
	expect(text, "+ vfs - ");
	EQUAL(dlclose(library), 0);

	/* Another time, with the faction of networks never there. */
	library = dlopen("./counter.so", RTLD_NOW | RTLD_LOCAL);
	HOLDS(library != NULL);
	set = dlsym(library, "__start_link_set_modules");
	EQUAL(rump_pub_module_init(set, 1), 0);
	HOLDS(find_module("counter", &status));
	return 0;
}
