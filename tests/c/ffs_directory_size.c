/* needs: fs_ffs vfs */
/* formats: ufs1le ufs1be ufs2le ufs2be */
/* A directory grows by 512 bytes as names come, into indirect blocks, and shrinks again; a reader in the midst sees each name once. */
#include "ffs.h"

#define MOST_NAMES 3000
#define NAMES rounds(MOST_NAMES, 240)

static int
count_names(int descriptor, bool *seen)
{
	static char buffer[1024];
	int names = 0, length = OK(rump_sys_getdents(descriptor, buffer, sizeof buffer));

	for (int at = 0; at < length;) {
		const struct rump_netbsd_dirent *entry = (const void *)&buffer[at];

		at += entry->d_reclen;
		if (entry->d_name[0] == '.')
			continue;
		int number = atoi(entry->d_name);
		HOLDS(number >= 0 && number < NAMES && !seen[number]);
		seen[number] = true;
		names++;
	}
	return length == 0 ? -1 : names;
}

int
main(int count, char **arguments)
{
	static bool seen[MOST_NAMES];
	char path[300], tail[201];

	boot_in_ffs(count, arguments, "24m", "bsize=4096,fsize=512,density=2048");
	struct rump_netbsd_statvfs before = space_of("/m");
	OK(rump_sys_mkdir("d", 0755));
	EQUAL(status_of("d").st_size, 512);
	memset(tail, 'w', 200);
	tail[200] = 0;
	for (int number = 0; number < NAMES; number++) {
		snprintf(path, sizeof path, "d/%d-%s", number, tail);
		make_empty(path);
		HOLDS(status_of("d").st_size % 512 == 0);
	}
	/* Two such names in a sector, and so past the direct blocks and the first indirect one. */
	HOLDS(status_of("d").st_size >= NAMES / 2 * 512);
	HOLDS(status_of("d").st_size <= (NAMES / 2 + 2) * 512);
	/* Names come and go while somebody reads: those that stay are seen once. */
	int reader = OK(rump_sys_open("d", RUMP_O_RDONLY));
	int names = 0, part, round = 0;
	while ((part = count_names(reader, seen)) != -1) {
		names += part;
		snprintf(path, sizeof path, "d/%d-%s", NAMES - 1 - round++, tail);
		if (round < NAMES / 10)
			OK(rump_sys_unlink(path));
	}
	OK(rump_sys_close(reader));
	HOLDS(names >= NAMES / 10 * 9);
	for (int number = 0; number < NAMES / 10 * 9; number++)
		HOLDS(seen[number]);
	mount_again();
	for (int number = NAMES - 1; number >= 0; number--) {
		snprintf(path, sizeof path, "d/%d-%s", number, tail);
		HOLDS(rump_sys_unlink(path) == 0 || number >= NAMES / 10 * 9);
	}
	make_empty("d/x");
	EQUAL(status_of("d").st_size, 512);
	FAILS(rump_sys_rmdir("d"), RUMP_ENOTEMPTY);
	OK(rump_sys_unlink("d/x"));
	OK(rump_sys_rmdir("d"));
	struct rump_netbsd_statvfs after = space_of("/m");
	EQUAL(after.f_bfree, before.f_bfree);
	EQUAL(after.f_ffree, before.f_ffree);
	unmount_image();
	return 0;
}
