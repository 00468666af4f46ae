/* needs: fs_ffs vfs */
/* formats: ufs1le ufs1be ufs2le ufs2be */
/* Everything that is not a plain file, and names of all lengths, is the same after mounting again. */
#include "ffs.h"

static const size_t link_lengths[] = { 1, 58, 59, 60, 61, 118, 119, 120, 121, 511, 512, 513, 1000, 1023 };
#define LINKS (sizeof link_lengths / sizeof *link_lengths)
#define DEPTH rounds(450, 50)
/* The lengths of names are 1 and so many more, and so on. */
#define STEP rounds(1, 16)

static void
check_links(void)
{
	char path[32], expected[1100], found[1100];

	for (size_t number = 0; number < LINKS; number++) {
		snprintf(path, sizeof path, "link-%zu", number);
		memset(expected, 'a' + (int)number, link_lengths[number]);
		memset(found, 0, sizeof found);
		EQUAL(OK(rump_sys_readlink(path, found, sizeof found)), link_lengths[number]);
		SAME(found, expected, link_lengths[number]);
		EQUAL(status_of(path).st_size, link_lengths[number]);
	}
}

static void
see_name(const struct rump_netbsd_dirent *entry, void *seen)
{
	HOLDS(strspn(entry->d_name, "n") == entry->d_namlen);
	((bool *)seen)[entry->d_namlen] = true;
}

static void
check_all(void)
{
	char path[1024], name[300];
	bool seen[256] = { false };
	Status one = status_of("hard"), other = status_of("names/to-hard"), device;

	check_links();
	EQUAL(one.st_ino, other.st_ino);
	EQUAL(one.st_nlink, 3);
	EQUAL(status_of("fifo").st_mode, S_IFIFO | 0640);
	device = status_of("character");
	EQUAL(device.st_mode, S_IFCHR | 0600);
	EQUAL(device.st_rdev, 0x12345);
	device = status_of("block");
	EQUAL(device.st_mode, S_IFBLK | 0604);
	EQUAL(device.st_rdev, 0x0712);
	OK(rump_sys_unlink("names/to-hard"));
	EQUAL(each_name("names", see_name, seen), 254 / STEP + 1);
	OK(rump_sys_link("hard", "names/to-hard"));
	for (int length = 1; length <= 255; length += STEP) {
		HOLDS(seen[length]);
		memset(name, 'n', sizeof name);
		snprintf(path, sizeof path, "names/%.*s", length, name);
		expect_pattern(path, (size_t)length, (uint64_t)length);
	}
	/* The deepest directory that a path can name, and its way back up. */
	strcpy(path, "deep");
	for (int depth = 0; depth < DEPTH; depth++)
		strcat(path, "/d");
	EQUAL(status_of(path).st_nlink, 2);
	OK(rump_sys_chdir(path));
	Status above = status_of("..");
	EQUAL(above.st_nlink, 3);
	for (int depth = 0; depth < DEPTH + 1; depth++)
		OK(rump_sys_chdir(".."));
	EQUAL(status_of(".").st_ino, 2);
	EQUAL(status_of("deep").st_nlink, 3);
}

int
main(int count, char **arguments)
{
	char path[1024], text[1100], name[300];

	boot_in_ffs(count, arguments, "16m", "density=2048");
	for (size_t number = 0; number < LINKS; number++) {
		memset(text, 'a' + (int)number, sizeof text);
		text[link_lengths[number]] = 0;
		snprintf(path, sizeof path, "link-%zu", number);
		OK(rump_sys_symlink(text, path));
	}
	OK(rump_sys_mkdir("names", 0755));
	make_file("hard", "three names", 11);
	OK(rump_sys_link("hard", "hard-too"));
	OK(rump_sys_link("hard", "names/to-hard"));
	OK(rump_sys_mkfifo("fifo", 0640));
	OK(rump_sys_mknod("character", S_IFCHR | 0600, 0x12345));
	OK(rump_sys_mknod("block", S_IFBLK | 0604, 0x0712));
	memset(name, 'n', sizeof name);
	for (int length = 1; length <= 255; length += STEP) {
		snprintf(path, sizeof path, "names/%.*s", length, name);
		make_pattern_file(path, (size_t)length, (uint64_t)length);
	}
	snprintf(path, sizeof path, "names/%.*s", 256, name);
	FAILS(rump_sys_open(path, RUMP_O_CREAT | RUMP_O_RDWR, 0666), RUMP_ENAMETOOLONG);
	strcpy(path, "deep");
	OK(rump_sys_mkdir(path, 0755));
	for (int depth = 0; depth < DEPTH; depth++) {
		strcat(path, "/d");
		OK(rump_sys_mkdir(path, 0755));
	}
	check_all();
	mount_again();
	check_all();
	unmount_image();
	return 0;
}
