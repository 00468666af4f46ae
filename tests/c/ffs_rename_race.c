/* needs: fs_ffs vfs */
/* formats: ufs1le ufs2le */
/* Directories and files that come and go while others look them up and move them: the numbers of their inodes are used again at once. */
#include "ffs.h"

enum { PAIRS = 2 };

static volatile int stop;

static void *
make_and_remove(void *argument)
{
	int pair = (int)(intptr_t)argument;
	char name[16], other[16];

	EQUAL(rump_pub_lwproc_rfork(RUMP_RFCFDG), 0);
	snprintf(name, sizeof name, "/m/a%d", pair);
	snprintf(other, sizeof other, "/m/b%d", pair);
	while (!stop) {
		if (pair % 2 == 0) {
			OK(rump_sys_mkdir(name, 0777));
			if (rump_sys_rmdir(name) == -1) {
				EQUAL(errno, RUMP_ENOENT);
				OK(rump_sys_rmdir(other));
			}
		} else {
			OK(rump_sys_close(OK(rump_sys_open(name, RUMP_O_CREAT | RUMP_O_EXCL | RUMP_O_RDWR, 0666))));
			if (rump_sys_unlink(name) == -1) {
				EQUAL(errno, RUMP_ENOENT);
				OK(rump_sys_unlink(other));
			}
		}
	}
	rump_pub_lwproc_releaselwp();
	return NULL;
}

static void *
look_and_move(void *argument)
{
	int pair = (int)(intptr_t)argument;
	char name[16], other[16];
	Status status;

	EQUAL(rump_pub_lwproc_rfork(RUMP_RFCFDG), 0);
	snprintf(name, sizeof name, "/m/a%d", pair);
	snprintf(other, sizeof other, "/m/b%d", pair);
	while (!stop) {
		if (rump_sys_rename(name, other) == -1)
			EQUAL(errno, RUMP_ENOENT);
		if (rump_sys_lstat(name, (struct stat *)&status) == -1)
			EQUAL(errno, RUMP_ENOENT);
		else
			EQUAL(status.st_mode & S_IFMT, pair % 2 == 0 ? S_IFDIR : S_IFREG);
	}
	rump_pub_lwproc_releaselwp();
	return NULL;
}

int
main(int count, char **arguments)
{
	pthread_t threads[2 * PAIRS];

	take_format(count, arguments);
	make_image("image.ffs", "8m", "");
	boot_with_device("image.ffs");
	mount_image(0);
	for (int i = 0; i < PAIRS; i++) {
		EQUAL(pthread_create(&threads[2 * i], NULL, make_and_remove, (void *)(intptr_t)i), 0);
		EQUAL(pthread_create(&threads[2 * i + 1], NULL, look_and_move, (void *)(intptr_t)i), 0);
	}
	usleep((useconds_t)rounds(2000000, 15000));
	stop = 1;
	for (int i = 0; i < 2 * PAIRS; i++)
		EQUAL(pthread_join(threads[i], NULL), 0);
	unmount_image();
	return 0;
}
