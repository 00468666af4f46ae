/* needs: fs_tmpfs vfs */
/* Threads mount, unmount and look around at once; in the end nothing is mounted. */
#include "check.h"

static double end;

static void *
mounter(void *argument)
{
	const char *path = argument;

	while (seconds_now() < end) {
		if (try_mount_tmpfs(path, 0, 0, 0) == 0) {
			if (rump_sys_unmount(path, 0) == -1)
				EQUAL(errno, RUMP_EBUSY);
		} else
			HOLDS(errno == RUMP_EBUSY || errno == RUMP_ENOENT);
	}
	return NULL;
}

static void *
walker(void *argument)
{
	char path[64];
	Status status;

	snprintf(path, sizeof path, "%s/f", (const char *)argument);
	while (seconds_now() < end) {
		int file = rump_sys_open(path, RUMP_O_CREAT | RUMP_O_RDWR, 0666);
		if (file >= 0)
			OK(rump_sys_close(file));
		rump_sys_stat(path, (struct stat *)&status);
		rump_sys_unlink(path);
	}
	return NULL;
}

int
main(void)
{
	pthread_t threads[4];

	boot();
	OK(rump_sys_mkdir("/m", 0777));
	end = seconds_now() + rounds(1500, 20) / 1000.0;
	threads[0] = start_thread(mounter, "/m");
	threads[1] = start_thread(mounter, "/m");
	threads[2] = start_thread(walker, "/m");
	threads[3] = start_thread(walker, "/m");
	for (int i = 0; i < 4; i++)
		join_thread(threads[i]);
	while (rump_sys_unmount("/m", 0) == 0)
		continue;
	EQUAL(OK(rump_sys_getvfsstat(NULL, 0, RUMP_MNT_NOWAIT)), 1);
	return 0;
}
