/* needs: fs_ffs vfs */
/* formats: ufs1le ufs1be */
/* What is written here, the Sleuth Kit reads: every file, byte for byte. */
#include "ffs.h"

#define FILES rounds(400, 60)

static size_t
length_of(int number)
{
	static const size_t lengths[] = { 0, 1, 1023, 1024, 8191, 8193, 98304, 98305, 700000, 20000 };

	return number % 4 ? (size_t)(number * 613 % 9000) : lengths[number / 4 % 10];
}

static void
path_of(int number, char *path)
{
	sprintf(path, "d%d/%s%d", number % 7, number % 3 ? "" : "sub/", number);
}

int
main(int count, char **arguments)
{
	char path[64], host[128];

	boot_in_ffs(count, arguments, "32m", "density=8192");
	for (int number = 0; number < 7; number++) {
		snprintf(path, sizeof path, "d%d", number);
		OK(rump_sys_mkdir(path, 0755));
		strcat(path, "/sub");
		OK(rump_sys_mkdir(path, 0755));
	}
	for (int number = 0; number < FILES; number++) {
		path_of(number, path);
		make_pattern_file(path, length_of(number), (uint64_t)number);
	}
	/* Names that were there once must not lead anybody astray. */
	for (int number = 0; number < FILES; number += 5) {
		path_of(number, path);
		OK(rump_sys_unlink(path));
	}
	OK(rump_sys_rename("d1", "d2/moved"));
	unmount_image();
	if (!in_turn(0, 20))
		return 0;
	HOLDS(system("tsk_recover -f ufs -a image.ffs out >.recovered 2>&1") == 0);
	for (int number = 0; number < FILES; number++) {
		size_t length;

		path_of(number, path);
		snprintf(host, sizeof host, number % 7 == 1 ? "out/d2/moved%s" : "out/%s", path + (number % 7 == 1 ? 2 : 0));
		if (number % 5 == 0 || length_of(number) == 0)
			continue;
		unsigned char *found = read_host_file(host, &length), *expected = pattern(length, (uint64_t)number);
		EQUAL(length, length_of(number));
		SAME(found, expected, length);
		free(found);
		free(expected);
	}
	HOLDS(access("out/d0/0", F_OK) == -1 && access("out/d0/sub/0", F_OK) == -1);
	return 0;
}
