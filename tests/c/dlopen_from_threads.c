/* needs: */
/* Threads that load components at once, on one virtual CPU that others keep busy. */
#include "check.h"
#include "modules.h"
#include <dlfcn.h>

static const char *const names[] = { "librumpvfs.so.0", "librumpfs_tmpfs.so.0", "librumpfs_ffs.so.0" };
static volatile bool done;

static void *
load(void *name)
{
	if (dlopen(name, RTLD_NOW | RTLD_LOCAL) == NULL)
		check_fail(__FILE__, __LINE__, "%s", dlerror());
	return NULL;
}

static void *
keep_busy(void *argument)
{
	while (!done) {
		int pair[2];

		rump_schedule();
		OK(rump_sys_pipe2(pair, 0));
		OK(rump_sys_close(pair[0]));
		OK(rump_sys_close(pair[1]));
		rump_unschedule();
	}
	return argument;
}

int
main(void)
{
	pthread_t busy[2], loaders[9];
	struct modstat status;

	setenv("RUMP_NCPU", "1", 1);
	boot();
	for (int i = 0; i < 2; i++)
		busy[i] = start_thread(keep_busy, NULL);
	for (int i = 0; i < 9; i++)
		loaders[i] = start_thread(load, (void *)names[(i + 1) % 3]);
	for (int i = 0; i < 9; i++)
		join_thread(loaders[i]);
	done = true;
	for (int i = 0; i < 2; i++)
		join_thread(busy[i]);
	HOLDS(find_module("vfs", &status) && find_module("tmpfs", &status) && find_module("ffs", &status));
	OK(rump_sys_mkdir("/t", 0777));
	OK(try_mount_tmpfs("/t", 0, 0, 0));
	return 0;
}
