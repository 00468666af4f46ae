/* needs: fs_ffs vfs */
/* formats: ufs1le ufs1be ufs2le ufs2be */
/* A tree of 5,000 files that makefs copied in: every name, byte, mode and time is there. */
#include <dirent.h>
#include <sys/time.h>

#include "ffs.h"

#define FILES rounds(5000, 60)

/* makefs loses inodes in UFS2 trees of very many directories. */
static int directories;

static void
make_tree(void)
{
	static const size_t sizes[] = { 0, 1, 511, 512, 513, 1023, 1024, 1025, 8191, 8192, 8193, 70000 };
	uint64_t random = 42;
	char path[512];

	HOLDS(mkdir("tree", 0755) == 0);
	for (int number = 0; number < directories; number++) {
		snprintf(path, sizeof path, "tree/d%d", number);
		HOLDS(mkdir(path, 0700 + number % 64) == 0);
	}
	for (int number = 0; number < FILES; number++) {
		struct timeval times[2] = { { 1000000 + number, 0 }, { 900000000 + number * 7, 0 } };
		size_t length = next_random(&random) % 4 ? next_random(&random) % 3000 : sizes[number % 12];

		snprintf(path, sizeof path, "tree/d%d/file-%d-%.*s", number % directories, number,
		    number % 200, "a name that goes on and on, as some do, up to two hundred characters and a few, so that "
		    "records in the directories are of every length that there can be; this one is not the longest of all");
		if (number % 50 == 49) {
			char target[1024];
			size_t named = 1 + next_random(&random) % 500;

			memset(target, 'a' + number % 26, named);
			target[named] = 0;
			HOLDS(symlink(target, path) == 0);
			continue;
		}
		if (number == 1234 % FILES)
			length = 3000000;
		int file = open(path, O_CREAT | O_WRONLY, 0600);
		unsigned char *bytes = pattern(length, (uint64_t)number);
		HOLDS(file >= 0 && write(file, bytes, length) == (ssize_t)length);
		HOLDS(fchmod(file, (mode_t)(number * 13 % 01000)) == 0);
		free(bytes);
		close(file);
		HOLDS(utimes(path, times) == 0);
	}
}

static void
compare(const char *path)
{
	char host[700], theirs[1100], ours[1100];
	struct stat status;
	Status found = status_of(path);

	snprintf(host, sizeof host, "tree/%s", path);
	HOLDS(lstat(host, &status) == 0);
	if (found.st_mode != status.st_mode || (found.st_size != status.st_size && !S_ISDIR(status.st_mode)) ||
	    (found.st_mtim.tv_sec != status.st_mtime && S_ISREG(status.st_mode)))
		check_fail(__FILE__, __LINE__, "%s: mode %o, size %lld, time %lld", path, found.st_mode,
		    (long long)found.st_size, (long long)found.st_mtim.tv_sec);
	if (S_ISLNK(status.st_mode)) {
		ssize_t length = readlink(host, theirs, sizeof theirs);

		EQUAL(OK(rump_sys_readlink(path, ours, sizeof ours)), length);
		SAME(ours, theirs, length);
	} else if (S_ISREG(status.st_mode)) {
		size_t length;
		unsigned char *bytes = read_host_file(host, &length), *copy = malloc(length + 1);
		int file = OK(rump_sys_open(path, RUMP_O_RDONLY));

		EQUAL(OK(rump_sys_read(file, copy, length + 1)), length);
		SAME(copy, bytes, length);
		OK(rump_sys_close(file));
		free(bytes);
		free(copy);
	}
}

static void
see(const struct rump_netbsd_dirent *entry, void *directory)
{
	char path[600];
	static const uint8_t types[16] = { [S_IFDIR >> 12] = N_DT_DIR, [S_IFREG >> 12] = N_DT_REG,
	    [S_IFLNK >> 12] = N_DT_LNK };

	snprintf(path, sizeof path, "%s%s%s", (char *)directory, *(char *)directory ? "/" : "", entry->d_name);
	EQUAL(entry->d_namlen, strlen(entry->d_name));
	EQUAL(entry->d_ino, status_of(path).st_ino);
	EQUAL(entry->d_type, types[status_of(path).st_mode >> 12]);
	compare(path);
}

int
main(int count, char **arguments)
{
	char path[64];
	int found;

	take_format(count, arguments);
	directories = is_ufs2() ? rounds(20, 10) : rounds(300, 10);
	umask(0);
	make_tree();
	make_image_of("image.ffs", is_simulated() ? "12m" : "48m", "density=4096", "tree");
	boot_with_device("image.ffs");
	mount_image(RUMP_MNT_RDONLY);
	found = each_name(".", see, "");
	EQUAL(found, directories);
	for (int number = 0; number < directories; number++) {
		snprintf(path, sizeof path, "d%d", number);
		found += each_name(path, see, path);
	}
	EQUAL(found, directories + FILES);
	unmount_image();
	return 0;
}
