/* needs: */
/* A program that loads all libraries itself, the kernel first. */
#include <dlfcn.h>
#include <stdio.h>

int
main(void)
{
	static const char *const names[] = { "librumpuser.so.0", "librump.so.0", "librumpvfs.so.0", "librumpfs_tmpfs.so.0" };
	void *library = NULL;

	for (int i = 0; i < 4; i++) {
		void *handle = dlopen(names[i], RTLD_LAZY | RTLD_GLOBAL);
		if (handle == NULL) {
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, dlerror());
			return 1;
		}
		if (i == 1)
			library = handle;
	}
	int (*init)(void) = (int (*)(void))dlsym(library, "rump_init");
	int (*make_directory)(const char *, unsigned) = (int (*)(const char *, unsigned))dlsym(library, "rump___sysimpl_mkdir");
	if (init == NULL || make_directory == NULL || init() != 0 || make_directory("/d", 0777) != 0) {
		fprintf(stderr, "%s:%d: expected a kernel that boots and makes a directory\n", __FILE__, __LINE__);
		return 1;
	}
	return 0;
}
