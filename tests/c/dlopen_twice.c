/* needs: vfs */
/* A second copy of a component has no effect but a message, before the boot and after it, whatever way it is loaded. */
#include "check.h"
#include "console.h"
#include "copy_library.h"
#include "modules.h"
#include <sys/wait.h>

static int
modules_called(const char *name)
{
	static struct modstat all[64];
	struct iovec buffer = { all, sizeof all };
	int count = 0;

	OK(rump_sys_modctl(N_MODCTL_STAT, &buffer));
	for (size_t i = 0; i < buffer.iov_len / sizeof all[0]; i++)
		count += strcmp(all[i].ms_name, name) == 0;
	return count;
}

static void
one(int flags, int boot_at)
{
	static const char *const names[] = { "librumpfs_tmpfs.so.0", "librumpfs_tmpfs.so.0", "./copy.so", "./copy.so" };

	console_start();
	for (int i = 0; i < 4; i++) {
		if (i == boot_at)
			boot();
		if (dlopen(names[i], flags) == NULL)
			check_fail(__FILE__, __LINE__, "%s", dlerror());
	}
	boot();
	const char *text = console_end();
	/* The loader may have found the first one's component for the copy, which then is not seen. */
	HOLDS((flags & RTLD_GLOBAL) || strstr(text, "component fs_tmpfs is there already") != NULL);
	EQUAL(modules_called("tmpfs"), 1);
	OK(rump_sys_mkdir("/t", 0777));
	OK(try_mount_tmpfs("/t", 0, 0, 0));
	make_file("/t/f", "data", 4);
}

int
main(void)
{
	copy_library("librumpfs_tmpfs.so.0", "copy.so", NULL);
	for (int boot_at = 0; boot_at <= 4; boot_at++)
		for (int global = 0; global < 2; global++) {
			pid_t child = fork();
			int status = 0;

			HOLDS(child != -1);
			if (child == 0) {
				one(RTLD_LAZY | (global ? RTLD_GLOBAL : RTLD_LOCAL), boot_at);
				_exit(0);
			}
			HOLDS(waitpid(child, &status, 0) == child);
			if (status != 0)
				check_fail(__FILE__, __LINE__, "%d before the boot, global %d: status 0x%x", boot_at, global, status);
		}
	return 0;
}
