/* needs: dev */
/* builds: driver */
/* The root of the tree of devices is attached once, before the drivers that wait for it; asking again changes nothing. */
#include <dlfcn.h>

#include "check.h"
#include "console.h"

#include <rump/rump_faction.h>

static int
occurrences(const char *text, const char *what)
{
	int found = 0;

	while ((text = strstr(text, what)) != NULL) {
		found++;
		text += strlen(what);
	}
	return found;
}

int
main(void)
{
	const char *text;

	/* There is no tree yet. */
	rump_mainbus_init();
	rump_mainbus_attach();
	setenv("RUMP_VERBOSE", "1", 1);
	console_start();
	void *driver = dlopen("./driver.so", RTLD_NOW | RTLD_LOCAL);
	HOLDS(driver != NULL);
	boot();
	rump_schedule();
	rump_mainbus_init();
	rump_mainbus_attach();
	rump_mainbus_attach();
	rump_unschedule();
	text = console_end();
	EQUAL(occurrences(text, "mainbus0 (root)"), 1);
	EQUAL(occurrences(text, "driver: attached"), 1);
	HOLDS(strstr(text, "mainbus0 (root)") < strstr(text, "driver: attached"));
	/* Without files there is nowhere to put a node, and that is no error. */
	EQUAL(*(int *)dlsym(driver, "driver_error"), 0);
	return 0;
}
