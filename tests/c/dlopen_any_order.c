/* needs: */
/* Every order and way of loading the libraries, before the boot and after it, makes the same kernel. */
#include "check.h"
#include "modules.h"
#include <dlfcn.h>
#include <sys/wait.h>

static const char *const names[] = { "librumpvfs.so.0", "librumpfs_tmpfs.so.0", "librumpfs_ffs.so.0" };
static const int orders[][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };

/* The libraries from number `boot_at` on come after the boot. */
static void
one(const int *order, int flags, int boot_at)
{
	struct modstat status;

	for (int i = 0; i < 3; i++) {
		if (i == boot_at)
			boot();
		if (dlopen(names[order[i]], flags) == NULL)
			check_fail(__FILE__, __LINE__, "%s", dlerror());
	}
	boot();
	OK(rump_sys_mkdir("/t", 0777));
	OK(try_mount_tmpfs("/t", 0, 0, 0));
	make_file("/t/f", "data", 4);
	HOLDS(find_module("vfs", &status) && status.ms_refcnt == 2);
	HOLDS(find_module("tmpfs", &status) && find_module("ffs", &status));
}

int
main(void)
{
	for (int order = 0; order < 6; order++)
		for (int boot_at = 0; boot_at <= 3; boot_at++)
			for (int global = 0; global < 2; global++) {
				if (!in_turn((unsigned)(order * 8 + boot_at * 2 + global), 6))
					continue;
				pid_t child = fork();
				int status = 0;

				HOLDS(child != -1);
				if (child == 0) {
					one(orders[order], RTLD_LAZY | (global ? RTLD_GLOBAL : RTLD_LOCAL), boot_at);
					_exit(0);
				}
				HOLDS(waitpid(child, &status, 0) == child);
				if (status != 0)
					check_fail(__FILE__, __LINE__, "order %d, %d before the boot, global %d: status 0x%x",
					    order, boot_at, global, status);
			}
	return 0;
}
