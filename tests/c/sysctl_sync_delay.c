/* needs: fs_ffs vfs */
/* formats: ufs2le */
/* vfs.sync.delay says how soon what has changed is on the host, without anybody asking for it. */
#define _GNU_SOURCE
#include "ffs.h"
#include "sysctl.h"

static bool
image_holds(const char *text)
{
	static char bytes[4 << 20];
	FILE *file = fopen("image.ffs-in-use", "r");

	HOLDS(file != NULL);
	size_t length = fread(bytes, 1, sizeof bytes, file);
	fclose(file);
	return memmem(bytes, length, text, strlen(text)) != NULL;
}

int
main(int count, char **arguments)
{
	int64_t seconds = 1, bad[] = { 0, -1, INT64_MAX, INT64_MIN };
	int name[16];
	Node node;

	take_format(count, arguments);
	make_image("image.ffs-in-use", "4m", "");
	boot_with_device("image.ffs-in-use");
	mount_image(0);
	unsigned length = find_name("vfs.sync.delay", name, &node);
	EQUAL(length, 3);
	for (int i = 0; i < 4; i++)
		FAILS(rump_sys___sysctl(name, length, NULL, NULL, &bad[i], sizeof bad[i]), RUMP_EINVAL);
	OK(rump_sys___sysctl(name, length, NULL, NULL, &seconds, sizeof seconds));
	pause_milliseconds(100);
	make_file("f", "written back by itself", 22);
	for (int tries = 0; tries < 100 && !image_holds("written back by itself"); tries++)
		pause_milliseconds(100);
	HOLDS(image_holds("written back by itself"));
	EQUAL(value_of("vfs.sync.delay", &seconds, sizeof seconds), 8);
	EQUAL(seconds, 1);
	/* A day: nothing is written any more. */
	seconds = 86400;
	OK(rump_sys___sysctl(name, length, NULL, NULL, &seconds, sizeof seconds));
	pause_milliseconds(200);
	make_file("g", "stays in the memory", 19);
	pause_milliseconds(2500);
	HOLDS(!image_holds("stays in the memory"));
	rump_sys_sync();
	HOLDS(image_holds("stays in the memory"));
	unmount_image();
	return 0;
}
