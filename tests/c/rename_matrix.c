/* needs: fs_tmpfs vfs */
/* What may replace what: files, links, empty and full directories. */
#include "check.h"

enum { FILE_, LINK, FIFO, EMPTY, FULL, NOTHING, KINDS };

static void
make(const char *path, int kind)
{
	char inner[32];

	switch (kind) {
	case FILE_:
		make_empty(path);
		break;
	case LINK:
		OK(rump_sys_symlink("dangling", path));
		break;
	case FIFO:
		OK(rump_sys_mkfifo(path, 0666));
		break;
	case FULL:
	case EMPTY:
		OK(rump_sys_mkdir(path, 0777));
		if (kind == FULL) {
			snprintf(inner, sizeof inner, "%s/inner", path);
			make_empty(inner);
		}
	}
}

static void
unmake(const char *path)
{
	char inner[32];

	snprintf(inner, sizeof inner, "%s/inner", path);
	if (!exists(path))
		return;
	if ((status_of(path).st_mode & S_IFMT) == S_IFDIR) {
		rump_sys_unlink(inner);
		OK(rump_sys_rmdir(path));
	} else
		OK(rump_sys_unlink(path));
}

int
main(void)
{
	boot_in_tmpfs();
	for (int from = 0; from < NOTHING; from++) {
		for (int to = 0; to < KINDS; to++) {
			make("a", from);
			make("b", to);
			uint64_t number = status_of("a").st_ino;
			bool from_directory = from == EMPTY || from == FULL;
			bool to_directory = to == EMPTY || to == FULL;
			int error = to == NOTHING || from_directory == to_directory
			    ? (to == FULL ? RUMP_ENOTEMPTY : 0)
			    : from_directory ? RUMP_ENOTDIR : RUMP_EISDIR;
			if (error == 0) {
				OK(rump_sys_rename("a", "b"));
				HOLDS(!exists("a"));
				EQUAL(status_of("b").st_ino, number);
				if (from == FULL)
					HOLDS(exists("b/inner"));
			} else {
				FAILS(rump_sys_rename("a", "b"), error);
				EQUAL(status_of("a").st_ino, number);
				HOLDS(exists("b"));
			}
			unmake("a");
			unmake("b");
		}
	}
	FAILS(rump_sys_rename("none", "b"), RUMP_ENOENT);
	FAILS(rump_sys_rename("none", "none"), RUMP_ENOENT);
	return 0;
}
