/* needs: fs_ffs vfs */
/* formats: ufs1le ufs1be ufs2le ufs2be */
/* A file handle stays good over a new mount of the image, and dies with the file. */
#include "ffs.h"

int
main(int count, char **arguments)
{
	char handle[64], other[64], buffer[32];
	size_t length = sizeof handle, other_length = sizeof other;
	Status status;

	boot_in_ffs(count, arguments, "8m", "");
	make_file("f", "contents", 8);
	make_file("g", "other", 5);
	OK(rump_sys_mkdir("d", 0755));
	OK(rump_sys_getfh("f", handle, &length));
	OK(rump_sys_getfh("g", other, &other_length));
	uint64_t number = status_of("f").st_ino;
	unmount_image();
	HOLDS(rump_sys_fhopen(handle, length, RUMP_O_RDONLY) == -1);
	mount_image(0);
	/* The identity of the mount is the first part of a handle; take it from a fresh one. */
	char fresh[64];
	size_t fresh_length = sizeof fresh;
	OK(rump_sys_getfh("f", fresh, &fresh_length));
	EQUAL(fresh_length, length);
	SAME(fresh + 8, handle + 8, length - 8);
	memcpy(handle, fresh, 8);
	memcpy(other, fresh, 8);
	int file = OK(rump_sys_fhopen(handle, length, RUMP_O_RDWR));
	EQUAL(OK(rump_sys_read(file, buffer, sizeof buffer)), 8);
	SAME(buffer, "contents", 8);
	OK(rump_sys_close(file));
	OK(rump_sys_rename("f", "d/renamed"));
	OK(rump_sys_fhstat(handle, length, (struct stat *)&status));
	EQUAL(status.st_ino, number);
	/* Removed, and its inode given to another file: stale. */
	OK(rump_sys_unlink("d/renamed"));
	FAILS(rump_sys_fhopen(handle, length, RUMP_O_RDONLY), RUMP_ESTALE);
	for (int made = 0; made < 50; made++) {
		char path[32];

		snprintf(path, sizeof path, "d/%d", made);
		make_empty(path);
		if (status_of(path).st_ino == number)
			made = 100;
	}
	FAILS(rump_sys_fhopen(handle, length, RUMP_O_RDONLY), RUMP_ESTALE);
	mount_again();
	OK(rump_sys_getfh("g", fresh, &fresh_length));
	memcpy(handle, fresh, 8);
	memcpy(other, fresh, 8);
	FAILS(rump_sys_fhopen(handle, length, RUMP_O_RDONLY), RUMP_ESTALE);
	OK(rump_sys_close(OK(rump_sys_fhopen(other, other_length, RUMP_O_RDONLY))));
	/* Handles that nobody gave out. */
	uint64_t random = 5;
	for (int attempt = 0; attempt < 2000; attempt++) {
		memcpy(handle, other, length);
		for (int change = 0; change < 3; change++)
			handle[8 + next_random(&random) % (length - 8)] = (char)next_random(&random);
		file = rump_sys_fhopen(handle, length, RUMP_O_RDONLY);
		if (file != -1)
			OK(rump_sys_close(file));
		else
			HOLDS(errno == RUMP_ESTALE || errno == RUMP_EINVAL);
	}
	unmount_image();
	return 0;
}
