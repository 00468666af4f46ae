/* needs: fs_tmpfs vfs */
/* Threads that write through one open file do not overwrite one another: the offset moves with each write. */
#include "check.h"

enum { THREADS = 4 };

#define ROUNDS rounds(3000, 100)

static int file;

static void *
writer(void *argument)
{
	char block[16];

	memset(block, (int)(long)argument, sizeof block);
	for (int i = 0; i < ROUNDS; i++)
		EQUAL(OK(rump_sys_write(file, block, sizeof block)), sizeof block);
	return NULL;
}

int
main(void)
{
	pthread_t threads[THREADS];

	boot_in_tmpfs();
	file = OK(rump_sys_open("f", RUMP_O_CREAT | RUMP_O_RDWR, 0666));
	for (long i = 0; i < THREADS; i++)
		threads[i] = start_thread(writer, (void *)('a' + i));
	for (int i = 0; i < THREADS; i++)
		join_thread(threads[i]);
	EQUAL(status_of("f").st_size, THREADS * ROUNDS * 16);
	return 0;
}
