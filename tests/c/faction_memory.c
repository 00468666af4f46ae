/* needs: fs_ffs vfs */
/* formats: ufs1le ufs2le ufs2be */
/* Memory that holds what the device has can be taken back: afterwards the device is asked again. What was dirty has been written. */
#define _GNU_SOURCE
#include "ffs.h"

#include <rump/rump_faction.h>

enum { LENGTH = 256 << 10 };

static void
drain(int pages)
{
	rump_schedule();
	rump_vfs_drainbufs(pages);
	rump_unschedule();
}

/* Replaces bytes of the image behind the kernel's back; how often they were there. */
static int
replace(const char *from, const char *to, size_t length)
{
	size_t size;
	unsigned char *image = read_host_file("image.ffs-in-use", &size);
	int file = open("image.ffs-in-use", O_RDWR), found = 0;

	HOLDS(file != -1);
	for (size_t at = 0; at + length <= size; at++)
		if (image[at] == (unsigned char)*from && memcmp(&image[at], from, length) == 0) {
			EQUAL(pwrite(file, to, length, (off_t)at), length);
			found++;
		}
	HOLDS(close(file) == 0);
	free(image);
	return found;
}

static void
read_beginning(char *into, size_t length)
{
	int file = OK(rump_sys_open("/m/file", RUMP_O_RDONLY));

	EQUAL(OK(rump_sys_read(file, into, length)), length);
	OK(rump_sys_close(file));
}

int
main(int count, char **arguments)
{
	static const char first[] = "what the file holds first", other[] = "WHAT THE FILE HOLDS LATER";
	static char data[LENGTH];
	char found[sizeof first];

	take_format(count, arguments);
	make_image("image.ffs-in-use", "4m", "");
	boot_with_device("image.ffs-in-use");
	OK(try_mount(DEVICE, "/m", 0));
	memcpy(data, first, sizeof first);
	make_file("/m/file", data, LENGTH);

	/* Not on the device yet. More is asked for than there is: it is written, and then it goes. */
	EQUAL(replace(first, first, sizeof first), 0);
	drain(1 << 20);
	EQUAL(replace(first, other, sizeof first), 1);
	read_beginning(found, sizeof found);
	SAME(found, other, sizeof other);

	/* In memory again: the device is not asked. */
	EQUAL(replace(other, first, sizeof other), 1);
	read_beginning(found, sizeof found);
	SAME(found, other, sizeof other);
	drain(0);
	drain(-5);
	read_beginning(found, sizeof found);
	SAME(found, other, sizeof other);
	drain(LENGTH / 4096 + 16);
	read_beginning(found, sizeof found);
	SAME(found, first, sizeof first);

	/* Names are metadata. */
	OK(rump_sys_mkdir("/m/directory", 0755));
	make_empty("/m/directory/long-name-of-a-file");
	rump_sys_sync();
	EQUAL(replace("long-name-of-a-file", "LONG-NAME-OF-A-FILE", 19), 1);
	drain(1 << 20);
	int directory = OK(rump_sys_open("/m/directory", RUMP_O_RDONLY));
	long length = OK(rump_sys_getdents(directory, data, LENGTH));
	HOLDS(memmem(data, (size_t)length, "LONG-NAME-OF-A-FILE", 19) != NULL);
	OK(rump_sys_close(directory));
	EQUAL(replace("LONG-NAME-OF-A-FILE", "long-name-of-a-file", 19), 1);
	drain(1 << 20);
	OK(rump_sys_unmount("/m", 0));
	return 0;
}
