/* needs: fs_ffs vfs */
/* formats: ufs1le ufs1be ufs2le ufs2be */
/* 10,000 files in one directory: made, listed, found, renamed within and out of it, removed. */
#include "ffs.h"

#define MOST_FILES 10000
#define FILES rounds(MOST_FILES, 100)

static void
see(const struct rump_netbsd_dirent *entry, void *seen)
{
	int number = atoi(strchr(entry->d_name, '-') + 1);

	HOLDS(number >= 0 && number < FILES && !((bool *)seen)[number]);
	((bool *)seen)[number] = true;
}

int
main(int count, char **arguments)
{
	static bool seen[MOST_FILES];
	static uint64_t inodes[MOST_FILES];
	char path[64], other[64];

	boot_in_ffs(count, arguments, "40m", "density=2048");
	OK(rump_sys_mkdir("d", 0755));
	OK(rump_sys_mkdir("e", 0755));
	for (int number = 0; number < FILES; number++) {
		snprintf(path, sizeof path, "d/name-%d", number);
		OK(rump_sys_close(OK(rump_sys_open(path, RUMP_O_CREAT | RUMP_O_EXCL | RUMP_O_RDWR, 0666))));
		inodes[number] = status_of(path).st_ino;
	}
	EQUAL(each_name("d", see, seen), FILES);
	mount_again();
	memset(seen, 0, sizeof seen);
	EQUAL(each_name("d", see, seen), FILES);
	for (int number = 0; number < FILES; number++) {
		snprintf(path, sizeof path, "d/name-%d", number);
		EQUAL(status_of(path).st_ino, inodes[number]);
		if (number % 2 == 0)
			snprintf(other, sizeof other, "d/longer-%d", number);
		else
			snprintf(other, sizeof other, "e/n-%d", number);
		OK(rump_sys_rename(path, other));
	}
	memset(seen, 0, sizeof seen);
	EQUAL(each_name("d", see, seen), FILES / 2);
	EQUAL(each_name("e", see, seen), FILES / 2);
	mount_again();
	for (int number = 0; number < FILES; number++) {
		snprintf(path, sizeof path, number % 2 == 0 ? "d/longer-%d" : "e/n-%d", number);
		EQUAL(status_of(path).st_ino, inodes[number]);
		OK(rump_sys_unlink(path));
		FAILS(rump_sys_unlink(path), RUMP_ENOENT);
	}
	EQUAL(each_name("d", see, seen), 0);
	OK(rump_sys_rmdir("d"));
	OK(rump_sys_rmdir("e"));
	unmount_image();
	return 0;
}
