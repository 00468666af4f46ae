/* needs: fs_tmpfs vfs */
/* Threads that open, use and close a file, a fifo and a device while others revoke them: errors at most, and nothing stays behind. */
#include "check.h"

enum { WORKERS = 3 };

static const char *const paths[] = { "/t/file", "/t/fifo", "/t/zero" };
static volatile int working;

static void *
worker(void *number)
{
	char bytes[16] = "";

	for (int round = 0; round < rounds(400, 30); round++) {
		const char *path = paths[(round + (intptr_t)number) % 3];
		int file = rump_sys_open(path, RUMP_O_RDWR | RUMP_O_NONBLOCK);
		ssize_t moved;

		if (file == -1) {
			EQUAL(errno, RUMP_ENXIO);
			continue;
		}
		moved = rump_sys_write(file, bytes, sizeof bytes);
		if (moved == -1)
			HOLDS(errno == RUMP_EIO || errno == RUMP_EPIPE || errno == RUMP_EAGAIN);
		else
			EQUAL(moved, sizeof bytes);
		if (rump_sys_flock(file, N_LOCK_EX | N_LOCK_NB) == -1)
			HOLDS(errno == RUMP_EBADF || errno == RUMP_EAGAIN);
		if (rump_sys_read(file, bytes, sizeof bytes) == -1)
			HOLDS(errno == RUMP_EIO || errno == RUMP_EAGAIN);
		OK(rump_sys_close(file));
	}
	__sync_fetch_and_sub(&working, 1);
	return NULL;
}

int
main(void)
{
	pthread_t threads[WORKERS];

	rump_boot_setsigmodel(RUMP_SIGMODEL_IGNORE);
	boot_in_tmpfs();
	make_file("file", "data", 4);
	OK(rump_sys_mkfifo("fifo", 0666));
	OK(rump_sys_mknod("zero", S_IFCHR | 0666, (dev_t)status_of("/dev/zero").st_rdev));
	working = WORKERS;
	for (intptr_t number = 0; number < WORKERS; number++)
		threads[number] = start_thread(worker, (void *)number);
	for (int round = 0; working > 0; round++)
		OK(rump_sys_revoke(round % 4 == 3 ? "/dev/zero" : paths[round % 3]));
	for (int number = 0; number < WORKERS; number++)
		join_thread(threads[number]);
	OK(rump_sys_chdir("/"));
	OK(rump_sys_unmount("/t", 0));
	return 0;
}
