/* needs: */
/* builds: counter */
/* Two copies of a C module before the boot: one starts, and the console says so. One that goes again before it does not. */
#include "check.h"
#include "console.h"
#include "modules.h"
#include <dlfcn.h>

int
main(void)
{
	EQUAL(system("cp counter.so second.so; cp counter.so third.so"), 0);
	void *first = dlopen("./counter.so", RTLD_NOW | RTLD_LOCAL);
	void *second = dlopen("./second.so", RTLD_NOW | RTLD_LOCAL);
	void *third = dlopen("./third.so", RTLD_NOW | RTLD_LOCAL);

	HOLDS(first != NULL && second != NULL && third != NULL);
	EQUAL(rump_component_count(RUMP_COMPONENT_KERN), 3);
	EQUAL(dlclose(third), 0);
	EQUAL(rump_component_count(RUMP_COMPONENT_KERN), 2);
	console_start();
	boot();
	const char *text = console_end();
	HOLDS(strstr(text, "module `counter' is left out: EEXIST") != NULL);
	const char *one = dlsym(first, "counter_journal"), *other = dlsym(second, "counter_journal");
	HOLDS((strchr(one, '+') == NULL) != (strchr(other, '+') == NULL));
	EQUAL(rump_component_count(RUMP_COMPONENT_KERN), 2);
	EQUAL(dlclose(second), 0);
	EQUAL(rump_component_count(RUMP_COMPONENT_KERN), 1);
	return 0;
}
