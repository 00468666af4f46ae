/* needs: fs_ffs vfs */
/* formats: ufs1le ufs1be ufs2le ufs2be */
/* Files with holes, up to blocks that only triple indirect blocks reach, read the same after mounting again, and give all back. */
#include "ffs.h"

static off_t places[16];
static int places_count;

static void
check_places(int file)
{
	char text[64], found[96], zeroes[32] = { 0 };

	for (int index = 0; index < places_count; index++) {
		snprintf(text, sizeof text, "here at %lld", (long long)places[index]);
		EQUAL(OK(rump_sys_pread(file, found, strlen(text) + 32, places[index] - 16)),
		    strlen(text) + (index == places_count - 1 ? 16 : 32));
		SAME(found, zeroes, 16);
		SAME(found + 16, text, strlen(text));
		if (index < places_count - 1)
			SAME(found + 16 + strlen(text), zeroes, 16);
	}
}

int
main(int count, char **arguments)
{
	char text[64];
	const off_t block = 4096;

	take_format(count, arguments);
	const off_t pointers = block / (is_ufs2() ? 8 : 4);
	make_image("image.ffs", "16m", "bsize=4096,fsize=512");
	boot_with_device("image.ffs");
	mount_image(0);
	const off_t limits[] = { 0, 11, 12, 12 + pointers - 1, 12 + pointers, 12 + pointers + pointers * pointers - 1,
	    12 + pointers + pointers * pointers, 12 + pointers + 3 * pointers * pointers + 5 };
	struct rump_netbsd_statvfs before = space_of("/m"), after;
	for (size_t index = 0; index < sizeof limits / sizeof *limits; index++)
		places[places_count++] = limits[index] * block + 1000;
	places[places_count++] = (12 + pointers + pointers * pointers * (pointers - 1)) * block;
	int file = OK(rump_sys_open("sparse", RUMP_O_CREAT | RUMP_O_RDWR, 0666));
	for (int index = places_count - 1; index >= 0; index--) {
		snprintf(text, sizeof text, "here at %lld", (long long)places[index]);
		EQUAL(OK(rump_sys_pwrite(file, text, strlen(text), places[index])), strlen(text));
	}
	check_places(file);
	OK(rump_sys_close(file));
	mount_again();
	file = OK(rump_sys_open("sparse", RUMP_O_RDWR));
	check_places(file);
	HOLDS(descriptor_status(file).st_blocks < 2 * 400);
	/* Cut inside the double indirect part, then made longer: what was cut off is zero. */
	off_t cut = (12 + pointers + 5) * block + 17;
	OK(rump_sys_ftruncate(file, cut));
	OK(rump_sys_ftruncate(file, places[6] + 4096));
	char found[64];
	EQUAL(OK(rump_sys_pread(file, found, sizeof found, places[5])), sizeof found);
	ALL(found, 0, sizeof found);
	EQUAL(OK(rump_sys_pread(file, found, sizeof found, places[6])), sizeof found);
	ALL(found, 0, sizeof found);
	OK(rump_sys_close(file));
	mount_again();
	OK(rump_sys_unlink("sparse"));
	after = space_of("/m");
	EQUAL(after.f_bfree, before.f_bfree);
	EQUAL(after.f_ffree, before.f_ffree);
	/* The largest file there may be. */
	file = OK(rump_sys_open("largest", RUMP_O_CREAT | RUMP_O_RDWR, 0666));
	FAILS(rump_sys_ftruncate(file, INT64_MAX), RUMP_EFBIG);
	FAILS(rump_sys_pwrite(file, "x", 1, INT64_MAX - 1), RUMP_EFBIG);
	EQUAL(descriptor_status(file).st_size, 0);
	OK(rump_sys_close(file));
	unmount_image();
	return 0;
}
