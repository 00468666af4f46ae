/* needs: fs_tmpfs dev_vnd dev_md dev_disk dev vfs */
/* hw.disknames and hw.iostats: which disks there are, and what they have transferred. */
#include "disk.h"
#include "sysctl.h"

struct transfers {
	char name[16];
	int32_t busy, type;
	uint64_t transfers, seeks, bytes;
	uint32_t attached[2], stamp[2], busy_time[2];
	uint64_t reads, bytes_read, writes, bytes_written;
};

_Static_assert(sizeof(struct transfers) == 104, "io_sysctl");

static void
names_are(const char *expected)
{
	char text[256];

	EQUAL(value_of("hw.disknames", text, sizeof text), strlen(expected) + 1);
	if (strcmp(text, expected) != 0)
		check_fail(__FILE__, __LINE__, "expected '%s', found '%s'", expected, text);
	EQUAL(value_of("hw.iostatnames", text, sizeof text), strlen(expected) + 1);
	EQUAL(strcmp(text, expected), 0);
}

static struct transfers
transfers_of(const char *name)
{
	struct transfers all[8];
	size_t size = sizeof all;

	OK(rump_sys___sysctl(NAME(N_CTL_HW, 9, sizeof *all), all, &size, NULL, 0));
	HOLDS(size % sizeof *all == 0);
	for (size_t i = 0; i < size / sizeof *all; i++)
		if (strcmp(all[i].name, name) == 0)
			return all[i];
	check_fail(__FILE__, __LINE__, "there is no %s", name);
}

int
main(void)
{
	static char bytes[8 * SECTOR];
	struct wedge wedge = { .name = "part", .offset = 64, .size = 64 };
	struct transfers before, after;
	size_t size;

	boot();
	names_are("");
	int memory = open_disk("/dev/rmd0d");
	names_are("");
	configure_memory("/dev/rmd0d", 1 << 20);
	names_are("md0");
	make_file("/file", bytes, sizeof bytes);
	configure_file("/dev/rvnd0d", "/file", 0);
	names_are("md0 vnd0");

	before = transfers_of("md0");
	EQUAL(before.busy, 0);
	EQUAL(before.type, 0);
	EQUAL(OK(rump_sys_pwrite(memory, bytes, 8 * SECTOR, 0)), 8 * SECTOR);
	for (int i = 0; i < 3; i++)
		EQUAL(OK(rump_sys_pread(memory, bytes, 2 * SECTOR, 0)), 2 * SECTOR);
	FAILS(rump_sys_pread(memory, bytes, 100, 0), RUMP_EINVAL);
	after = transfers_of("md0");
	EQUAL(after.reads - before.reads, 3);
	EQUAL(after.bytes_read - before.bytes_read, 6 * SECTOR);
	EQUAL(after.writes - before.writes, 1);
	EQUAL(after.bytes_written - before.bytes_written, 8 * SECTOR);
	EQUAL(after.transfers, after.reads + after.writes);
	EQUAL(after.bytes, after.bytes_read + after.bytes_written);
	EQUAL(after.seeks, 0);
	EQUAL(after.busy, 0);
	HOLDS(after.busy_time[0] < 60 && after.busy_time[1] < 1000000);
	HOLDS(after.attached[0] < 60 && after.stamp[0] >= after.attached[0]);

	/* What goes to a wedge goes to its disk as well. */
	OK(rump_sys_ioctl(memory, N_DIOCAWEDGE, &wedge));
	names_are("md0 vnd0 dk0");
	before = transfers_of("md0");
	int part = open_disk("/dev/rdk0");
	EQUAL(OK(rump_sys_pwrite(part, bytes, 4 * SECTOR, 0)), 4 * SECTOR);
	after = transfers_of("dk0");
	EQUAL(after.bytes_written, 4 * SECTOR);
	EQUAL(after.writes, 1);
	EQUAL(transfers_of("md0").bytes_written - before.bytes_written, 4 * SECTOR);
	EQUAL(transfers_of("vnd0").writes, 0);
	OK(rump_sys_close(part));
	OK(rump_sys_ioctl(memory, N_DIOCDWEDGE, &wedge));
	names_are("md0 vnd0");
	unconfigure_file("/dev/rvnd0d", 0);
	names_are("md0");
	configure_file("/dev/rvnd0d", "/file", 0);
	EQUAL(transfers_of("vnd0").writes, 0);

	/* Other sizes. */
	char row[2][200];
	size = sizeof row;
	OK(rump_sys___sysctl(NAME(N_CTL_HW, 9, 200), row, &size, NULL, 0));
	EQUAL(size, 400);
	EQUAL(strcmp(row[1], "vnd0"), 0);
	size = sizeof row;
	OK(rump_sys___sysctl(NAME(N_CTL_HW, 9), row, &size, NULL, 0));
	EQUAL(size, 2 * 16);
	size = 104;
	FAILS(rump_sys___sysctl(NAME(N_CTL_HW, 9, 104), row, &size, NULL, 0), RUMP_ENOMEM);
	EQUAL(strcmp(row[0], "md0"), 0);
	size = sizeof row;
	FAILS(rump_sys___sysctl(NAME(N_CTL_HW, 9, 0), row, &size, NULL, 0), RUMP_EINVAL);
	FAILS(rump_sys___sysctl(NAME(N_CTL_HW, 9, -1), row, &size, NULL, 0), RUMP_EINVAL);
	FAILS(rump_sys___sysctl(NAME(N_CTL_HW, 9, INT32_MAX), row, &size, NULL, 0), RUMP_EINVAL);
	FAILS(rump_sys___sysctl(NAME(N_CTL_HW, 9, 104, 1), row, &size, NULL, 0), RUMP_EINVAL);
	return 0;
}
