/* needs: fs_tmpfs vfs */
/* Eight processes take turns on one lock, each seeing what the others wrote. */
#include "check.h"

enum { THREADS = 8 };

#define ROUNDS rounds(100, 10)

static void *
worker(void *argument)
{
	struct rump_netbsd_flock lock;
	int value;

	(void)argument;
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR), 0);
	int file = OK(rump_sys_open("/t/f", RUMP_O_RDWR));
	for (int i = 0; i < ROUNDS; i++) {
		lock = (struct rump_netbsd_flock){ 0, 1, 0, N_F_WRLCK, SEEK_SET };
		OK(rump_sys_fcntl(file, N_F_SETLKW, &lock));
		EQUAL(OK(rump_sys_pread(file, &value, sizeof value, 0)), sizeof value);
		value++;
		EQUAL(OK(rump_sys_pwrite(file, &value, sizeof value, 0)), sizeof value);
		lock.l_type = N_F_UNLCK;
		OK(rump_sys_fcntl(file, N_F_SETLK, &lock));
	}
	rump_pub_lwproc_releaselwp();
	return NULL;
}

int
main(void)
{
	pthread_t threads[THREADS];
	int value = 0;

	boot_in_tmpfs();
	make_file("f", &value, sizeof value);
	for (int i = 0; i < THREADS; i++)
		threads[i] = start_thread(worker, NULL);
	for (int i = 0; i < THREADS; i++)
		join_thread(threads[i]);
	int file = OK(rump_sys_open("f", RUMP_O_RDONLY));
	EQUAL(OK(rump_sys_read(file, &value, sizeof value)), sizeof value);
	EQUAL(value, THREADS * ROUNDS);
	return 0;
}
