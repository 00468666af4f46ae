/*
 * files TYPE IMAGE FOLDER: create, stat, readdir and unlink of 10,000 files in one directory, sequential writes and reads
 * cached and cold, small synchronous writes; on a rump kernel's file system, then the same on a folder of the host.
 * TYPE is tmpfs (IMAGE is then not used) or ffs.
 */
#include "bench.h"

enum { FILES = 10000, MEGABYTES = 256, SYNCED = 2000 };

struct kernel {
	const char *name;
	const char *root;
	int (*create)(const char *);
	int (*open)(const char *);
	int (*close)(int);
	ssize_t (*read)(int, void *, size_t);
	ssize_t (*write)(int, const void *, size_t);
	int (*fsync)(int);
	int (*stat)(const char *);
	int (*unlink)(const char *);
	int (*mkdir)(const char *);
	ssize_t (*entries)(int, void *, size_t);
	/* Makes the next read come from the image; -1 where that cannot be done. */
	int (*forget)(const char *);
};

static const char *type, *image;
static char data[65536];

static void
mount_rump(void)
{
	struct rump_netbsd_ufs_args ffs = { .fspec = (char *)"/dev/image" };
	struct rump_netbsd_tmpfs_args tmpfs = { .ta_version = 1, .ta_root_mode = 01777 };

	if (strcmp(type, "tmpfs") == 0)
		MUST(rump_sys_mount("tmpfs", "/mnt", 0, &tmpfs, sizeof(tmpfs)));
	else
		MUST(rump_sys_mount("ffs", "/mnt", 0, &ffs, sizeof(ffs)));
}

static int rump_create(const char *path) { return rump_sys_open(path, RUMP_O_CREAT | RUMP_O_EXCL | RUMP_O_RDWR, 0644); }
static int rump_open(const char *path) { return rump_sys_open(path, RUMP_O_RDONLY); }
static int rump_stat(const char *path) { struct rump_netbsd_stat status; return rump_sys_stat(path, (void *)&status); }
static int rump_mkdir(const char *path) { return rump_sys_mkdir(path, 0755); }
static ssize_t rump_entries(int descriptor, void *to, size_t size) { return rump_sys_getdents(descriptor, to, size); }
static int
rump_forget(const char *path)
{
	(void)path;
	if (strcmp(type, "tmpfs") == 0)
		return -1;
	MUST(rump_sys_unmount("/mnt", 0));
	mount_rump();
	return 0;
}

static int host_create(const char *path) { return open(path, O_CREAT | O_EXCL | O_RDWR, 0644); }
static int host_open(const char *path) { return open(path, O_RDONLY); }
static int host_stat(const char *path) { struct stat status; return stat(path, &status); }
static int host_mkdir(const char *path) { return mkdir(path, 0755); }
static ssize_t host_entries(int descriptor, void *to, size_t size) { return syscall(SYS_getdents64, descriptor, to, size); }
static int
host_forget(const char *path)
{
	/* The host's folder lies in memory: there is nothing colder. */
	(void)path;
	return 0;
}

static void
report(const struct kernel *kernel, const char *what, double value, const char *unit)
{
	char name[64];

	snprintf(name, sizeof(name), "%s-%s", type, what);
	result(name, kernel->name, value, unit);
}

static void
many_files(const struct kernel *kernel)
{
	char path[512];
	double start;
	int descriptor;

	snprintf(path, sizeof(path), "%s/d", kernel->root);
	MUST(kernel->mkdir(path));
	start = seconds_now();
	for (int i = 0; i < FILES; i++) {
		snprintf(path, sizeof(path), "%s/d/file%06d", kernel->root, i);
		MUST(descriptor = kernel->create(path));
		MUST(kernel->close(descriptor));
	}
	report(kernel, "create", FILES / (seconds_now() - start), "1/s");
	start = seconds_now();
	for (int i = 0; i < FILES; i++) {
		snprintf(path, sizeof(path), "%s/d/file%06d", kernel->root, i);
		MUST(kernel->stat(path));
	}
	report(kernel, "stat", FILES / (seconds_now() - start), "1/s");
	snprintf(path, sizeof(path), "%s/d", kernel->root);
	start = seconds_now();
	for (int i = 0; i < 10; i++) {
		ssize_t length;

		MUST(descriptor = kernel->open(path));
		while ((length = kernel->entries(descriptor, data, sizeof(data))) > 0)
			;
		MUST(length);
		MUST(kernel->close(descriptor));
	}
	report(kernel, "readdir", 10.0 * FILES / (seconds_now() - start), "1/s");
	start = seconds_now();
	for (int i = 0; i < FILES; i++) {
		snprintf(path, sizeof(path), "%s/d/file%06d", kernel->root, i);
		MUST(kernel->unlink(path));
	}
	report(kernel, "unlink", FILES / (seconds_now() - start), "1/s");
}

static double
read_all(const struct kernel *kernel, const char *path, size_t piece)
{
	double start = seconds_now();
	size_t total = 0;
	ssize_t length;
	int descriptor;

	MUST(descriptor = kernel->open(path));
	while ((length = kernel->read(descriptor, data, piece)) > 0)
		total += length;
	MUST(length);
	MUST(kernel->close(descriptor));
	if (total != (size_t)MEGABYTES << 20)
		exit(1);
	return MEGABYTES / (seconds_now() - start);
}

static void
big_file(const struct kernel *kernel, size_t piece)
{
	char path[512], what[32];
	double start;
	int descriptor;

	snprintf(path, sizeof(path), "%s/big", kernel->root);
	start = seconds_now();
	MUST(descriptor = kernel->create(path));
	for (size_t left = (size_t)MEGABYTES << 20; left > 0; left -= piece)
		if (kernel->write(descriptor, data, piece) != (ssize_t)piece)
			exit(1);
	snprintf(what, sizeof(what), "write-%zuk", piece / 1024);
	report(kernel, what, MEGABYTES / (seconds_now() - start), "MB/s");
	MUST(kernel->fsync(descriptor));
	MUST(kernel->close(descriptor));
	snprintf(what, sizeof(what), "read-cached-%zuk", piece / 1024);
	report(kernel, what, read_all(kernel, path, piece), "MB/s");
	if (kernel->forget(path) == 0 && strcmp(type, "tmpfs") != 0) {
		snprintf(what, sizeof(what), "read-cold-%zuk", piece / 1024);
		report(kernel, what, read_all(kernel, path, piece), "MB/s");
	}
	MUST(kernel->unlink(path));
}

static void
synchronous_writes(const struct kernel *kernel)
{
	char path[512];
	double start;
	int descriptor;

	snprintf(path, sizeof(path), "%s/sync", kernel->root);
	MUST(descriptor = kernel->create(path));
	start = seconds_now();
	for (int i = 0; i < SYNCED; i++) {
		if (kernel->write(descriptor, data, 4096) != 4096)
			exit(1);
		MUST(kernel->fsync(descriptor));
	}
	report(kernel, "write-4k-fsync", SYNCED / (seconds_now() - start), "1/s");
	MUST(kernel->close(descriptor));
	MUST(kernel->unlink(path));
}

static void
measure(const struct kernel *kernel)
{
	many_files(kernel);
	big_file(kernel, 4096);
	big_file(kernel, 65536);
	synchronous_writes(kernel);
}

int
main(int argc, char **argv)
{
	static const struct kernel rump = {
		"rump", "/mnt", rump_create, rump_open, rump_sys_close, rump_sys_read, rump_sys_write,
		rump_sys_fsync, rump_stat, rump_sys_unlink, rump_mkdir, rump_entries, rump_forget,
	};
	struct kernel host = {
		"host", NULL, host_create, host_open, close, read, write,
		fsync, host_stat, unlink, host_mkdir, host_entries, host_forget,
	};

	if (argc != 4)
		return 2;
	type = argv[1];
	image = argv[2];
	host.root = argv[3];
	memset(data, 0x5a, sizeof(data));
	if (rump_init() != 0 || rump_pub_lwproc_rfork(RUMP_RFFDG) != 0)
		return 1;
	if (strcmp(type, "tmpfs") != 0 && rump_pub_etfs_register("/dev/image", image, RUMP_ETFS_BLK) != 0)
		return 1;
	MUST(rump_sys_mkdir("/mnt", 0755));
	mount_rump();
	measure(&rump);
	MUST(rump_sys_unmount("/mnt", 0));
	measure(&host);
	fflush(stdout);
	_exit(0);
}
