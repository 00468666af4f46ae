/* needs: fs_tmpfs dev_vnd dev_md dev_disk dev vfs */
/* DIOCGDISKINFO: the shape of a disk and of a wedge, as a property list in memory that is the program's. */
#include <sys/mman.h>

#include "disk.h"

struct property_list {
	char *text;
	size_t length;
};

#define N_DIOCGDISKINFO	_RUMP_IOR('d', 127, struct property_list)

static unsigned long long
number(const struct property_list *list, const char *key)
{
	char element[64];
	unsigned long long value;

	snprintf(element, sizeof element, "\t\t<key>%s</key>\n\t\t<integer>0x", key);
	char *place = strstr(list->text, element);
	HOLDS(place != NULL);
	EQUAL(sscanf(place + strlen(element), "%llx</integer>\n", &value), 1);
	return value;
}

static void
shape(int disk, unsigned long long sectors, unsigned sector_size, unsigned per_track, unsigned tracks)
{
	struct property_list list = { NULL, 0 };

	OK(rump_sys_ioctl(disk, N_DIOCGDISKINFO, &list));
	HOLDS(list.text != NULL && (uintptr_t)list.text % 4096 == 0);
	EQUAL(strlen(list.text) + 1, list.length);
	EQUAL(strncmp(list.text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist", 54), 0);
	HOLDS(strstr(list.text, "<plist version=\"1.0\">\n<dict>\n\t<key>geometry</key>\n\t<dict>\n") != NULL);
	HOLDS(strstr(list.text, "\n\t</dict>\n</dict>\n</plist>\n") != NULL);
	EQUAL(number(&list, "sectors-per-unit"), sectors);
	EQUAL(number(&list, "sector-size"), sector_size);
	EQUAL(number(&list, "sectors-per-track"), per_track);
	EQUAL(number(&list, "tracks-per-cylinder"), tracks);
	EQUAL(number(&list, "cylinders-per-unit"), sectors / per_track / tracks);
	EQUAL(munmap(list.text, list.length), 0);
}

int
main(void)
{
	struct property_list list;
	struct vnd_request request = { .file = "/file", .flags = VND_HAS_GEOMETRY, .geometry = { 2048, 10, 20, 3 } };
	struct wedge wedge = { .name = "part", .offset = 64, .size = 1024 };

	boot();
	int memory = open_disk("/dev/rmd0d");
	FAILS(rump_sys_ioctl(memory, N_DIOCGDISKINFO, &list), RUMP_ENXIO);
	configure_memory("/dev/rmd0d", 1 << 20);
	shape(memory, 2048, SECTOR, 32, 64);
	FAILS(rump_sys_ioctl(memory, N_DIOCGDISKINFO, NULL), RUMP_EFAULT);
	FAILS(rump_sys_ioctl(memory, N_DIOCGDISKINFO, (void *)-8), RUMP_EFAULT);
	OK(rump_sys_ioctl(memory, N_DIOCAWEDGE, &wedge));
	int part = open_disk("/dev/rdk0");
	shape(part, 1024, SECTOR, 1, 1);

	make_file("/file", "", 0);
	OK(rump_sys_truncate("/file", 2048 * 700));
	int file = open_disk("/dev/rvnd0d");
	OK(rump_sys_ioctl(file, N_VNDIOCSET, &request));
	shape(file, 600, 2048, 10, 20);
	return 0;
}
