/* needs: vfs dev */
/* builds: driver */
/* A driver written in C makes its nodes in /dev when its time comes during the boot. */
#include <dlfcn.h>

#include "check.h"
#include "console.h"

int
main(void)
{
	char text[16] = "";
	void *driver = dlopen("./driver.so", RTLD_NOW | RTLD_LOCAL);

	HOLDS(driver != NULL);
	console_start();
	boot();
	HOLDS(strstr(console_end(), "driver: attached\n") != NULL);
	EQUAL(*(int *)dlsym(driver, "driver_error"), 0);
	EQUAL(status_of("/dev/drv0d").st_rdev, 250 << 8 | 3);
	EQUAL(status_of("/dev/drv0a").st_rdev, 250 << 8);
	EQUAL(status_of("/dev/rdrv0a").st_mode, 0020644);
	EQUAL(OK(rump_sys_readlink("/dev/drv", text, sizeof text)), 5);
	return 0;
}
