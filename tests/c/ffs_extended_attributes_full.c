/* needs: fs_ffs vfs */
/* formats: ufs1le ufs1be */
/* No room for a value: ENOSPC, and the former value is as it was; what has its room already can be replaced. */
#include "backing_file.h"

#define SIZE 5000

static void
fill(void)
{
	static char block[65536];
	int file = OK(rump_sys_open("filler", RUMP_O_CREAT | RUMP_O_RDWR | RUMP_O_APPEND, 0666));

	for (size_t piece = sizeof block; piece > 0;) {
		if (rump_sys_write(file, block, piece) == -1) {
			EQUAL(errno, RUMP_ENOSPC);
			piece /= 2;
		}
	}
	OK(rump_sys_close(file));
	/* Fragments are left for short files alone. */
	for (int number = 0;; number++) {
		char path[32];

		snprintf(path, sizeof path, "tiny-%d", number);
		file = rump_sys_open(path, RUMP_O_CREAT | RUMP_O_RDWR, 0666);
		if (file == -1 || rump_sys_write(file, "t", 1) == -1) {
			EQUAL(errno, RUMP_ENOSPC);
			if (file != -1)
				OK(rump_sys_close(file));
			return;
		}
		OK(rump_sys_close(file));
	}
}

int
main(int count, char **arguments)
{
	static char value[SIZE];
	int refused = 0;

	boot_in_ffs(count, arguments, "4m", "density=4096");
	make_directories();
	make_backing_file(".attribute/user/a", LITTLE, SIZE);
	OK(start_attributes());
	OK(rump_sys_mkdir("files", 0755));
	for (int number = 0; number < 60; number++) {
		char path[32];

		snprintf(path, sizeof path, "files/%d", number);
		make_file(path, "", 0);
	}
	memset(value, 'v', sizeof value);
	EQUAL(rump_sys_extattr_set_file("files/0", USER, "a", value, SIZE), SIZE);
	EQUAL(set_attribute("files/40", USER, "a", "short"), 5);
	fill();
	off_t size = status_of(".attribute/user/a").st_size;
	for (int number = 0; number < 60; number++) {
		char path[32];

		snprintf(path, sizeof path, "files/%d", number);
		memset(value, 'a' + number % 26, sizeof value);
		if (rump_sys_extattr_set_file(path, USER, "a", value, SIZE) == -1) {
			EQUAL(errno, RUMP_ENOSPC);
			refused++;
			if (number == 40)
				expect_text(path, USER, "a", "short");
			else
				FAILS(rump_sys_extattr_get_file(path, USER, "a", NULL, 0), RUMP_ENODATA);
		} else {
			expect_attribute(path, USER, "a", value, SIZE);
		}
	}
	HOLDS(refused > 40);
	/* Not longer than what was there, but for a whole value in place of a short one. */
	HOLDS(status_of(".attribute/user/a").st_size <= size + SIZE);
	/* No room for another attribute, and its file is not left half made. */
	FAILS(set_attribute("files/0", USER, "new", "x"), RUMP_ENOSPC);
	FAILS(set_attribute("files/0", USER, "new", "x"), RUMP_ENOSPC);
	FAILS(rump_sys_open(".attribute/user/new", RUMP_O_RDONLY), RUMP_ENOENT);
	/* Replaced in its place. */
	memset(value, 'w', sizeof value);
	EQUAL(rump_sys_extattr_set_file("files/0", USER, "a", value, SIZE), SIZE);
	expect_attribute("files/0", USER, "a", value, SIZE);
	OK(rump_sys_extattr_delete_file("files/40", USER, "a"));
	OK(rump_sys_unlink("filler"));
	for (int number = 0; number < 60; number++) {
		char path[32];

		snprintf(path, sizeof path, "files/%d", number);
		EQUAL(rump_sys_extattr_set_file(path, USER, "a", value, SIZE), SIZE);
	}
	EQUAL(set_attribute("files/0", USER, "new", "x"), 1);
	unmount_image();
	mount_image(RUMP_MNT_EXTATTR);
	expect_attribute("files/59", USER, "a", value, SIZE);
	expect_text("files/0", USER, "new", "x");
	unmount_image();
	return 0;
}
