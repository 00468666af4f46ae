/* needs: fs_tmpfs vfs */
/* getcwd(3)'s call: deep, after renames, over mounts, small buffers, in a removed directory. */
#include "check.h"

static const char *
cwd(void)
{
	static char buffer[1024];

	OK(rump_sys___getcwd(buffer, sizeof buffer));
	return buffer;
}

#define IS(path) do { \
	if (strcmp(cwd(), (path)) != 0) \
		check_fail(__FILE__, __LINE__, "expected %s, found %s", (path), cwd()); \
} while (0)

int
main(void)
{
	char path[1024] = "/t", buffer[16];

	boot();
	IS("/");
	OK(rump_sys_mkdir("/t", 0777));
	OK(try_mount_tmpfs("/t", 0, 0, 0));
	OK(rump_sys_chdir("/t"));
	IS("/t");
	for (int i = 0; i < 50; i++) {
		OK(rump_sys_mkdir("directory", 0777));
		OK(rump_sys_chdir("directory"));
		strcat(path, "/directory");
		IS(path);
	}
	OK(rump_sys_rename("/t/directory", "/t/other"));
	memmove(path + 3 + 5, path + 3 + 9, strlen(path + 12) + 1);
	memcpy(path + 3, "other", 5);
	IS(path);
	FAILS(rump_sys___getcwd(buffer, sizeof buffer), RUMP_ERANGE);
	FAILS(rump_sys___getcwd(buffer, 0), RUMP_ERANGE);
	OK(rump_sys_chdir("/t/other/directory"));
	EQUAL(OK(rump_sys___getcwd(path, 19)), 19);
	FAILS(rump_sys___getcwd(path, 18), RUMP_ERANGE);
	OK(rump_sys_mkdir("gone", 0777));
	OK(rump_sys_chdir("gone"));
	OK(rump_sys_rmdir("../gone"));
	FAILS(rump_sys___getcwd(path, sizeof path), RUMP_ENOENT);
	FAILS(rump_sys_open("f", RUMP_O_CREAT | RUMP_O_RDWR, 0666), RUMP_ENOENT);
	FAILS(rump_sys_mkdir("d", 0777), RUMP_ENOENT);
	return 0;
}
