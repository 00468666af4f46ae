/*
 * The main job: boot a rump kernel in this process, mount an FFS image that
 * another program made, read it, change it, unmount it.
 *
 * usage: demo IMAGE
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <rump/rump.h>
#include <rump/rumperr.h>
#include <rump/rump_syscalls.h>
#include <rump/netbsd_structs.h>

static void
fail(const char *what)
{
	fprintf(stderr, "demo: %s: %s\n", what, rump_strerror(errno));
	exit(1);
}

static void
list(const char *path)
{
	static char buffer[8192];
	int descriptor = rump_sys_open(path, RUMP_O_RDONLY);
	int length;

	if (descriptor == -1)
		fail(path);
	while ((length = rump_sys_getdents(descriptor, buffer, sizeof(buffer))) > 0) {
		for (int at = 0; at < length;) {
			struct rump_netbsd_dirent *entry = (void *)&buffer[at];

			printf("  %8llu  %s\n", (unsigned long long)entry->d_ino, entry->d_name);
			at += entry->d_reclen;
		}
	}
	if (length == -1)
		fail(path);
	rump_sys_close(descriptor);
}

int
main(int argc, char **argv)
{
	static const char text[] = "written by a rump kernel\n";
	struct rump_netbsd_ufs_args arguments = { .fspec = (char *)"/dev/image" };
	char buffer[128];
	ssize_t length;
	int descriptor, error;

	if (argc != 2) {
		fprintf(stderr, "usage: demo IMAGE\n");
		return 2;
	}
	if ((error = rump_init()) != 0) {
		fprintf(stderr, "demo: rump_init: error %d\n", error);
		return 1;
	}
	printf("a kernel runs in this process\n");

	if ((errno = rump_pub_etfs_register("/dev/image", argv[1], RUMP_ETFS_BLK)) != 0)
		fail(argv[1]);
	if (rump_sys_mkdir("/mnt", 0755) == -1)
		fail("mkdir /mnt");
	if (rump_sys_mount("ffs", "/mnt", 0, &arguments, sizeof(arguments)) == -1)
		fail("mount");
	printf("%s is mounted; it holds\n", argv[1]);
	list("/mnt");

	if ((descriptor = rump_sys_open("/mnt/hello", RUMP_O_RDONLY)) == -1)
		fail("/mnt/hello");
	if ((length = rump_sys_read(descriptor, buffer, sizeof(buffer))) == -1)
		fail("read");
	printf("hello says: %.*s", (int)length, buffer);
	rump_sys_close(descriptor);

	if (rump_sys_mkdir("/mnt/new", 0755) == -1)
		fail("mkdir /mnt/new");
	if ((descriptor = rump_sys_open("/mnt/new/file", RUMP_O_CREAT | RUMP_O_WRONLY, 0644)) == -1)
		fail("/mnt/new/file");
	if (rump_sys_write(descriptor, text, sizeof(text) - 1) != sizeof(text) - 1)
		fail("write");
	if (rump_sys_fsync(descriptor) == -1)
		fail("fsync");
	rump_sys_close(descriptor);
	if (rump_sys_rename("/mnt/hello", "/mnt/new/hello") == -1)
		fail("rename");
	if (rump_sys_unmount("/mnt", 0) == -1)
		fail("unmount");
	printf("a directory and a file are made, hello is moved, the image is unmounted\n");
	return 0;
}
