/* needs: fs_tmpfs vfs */
/* O_APPEND writes at the end whatever the offset is, by many threads without loss. */
#include "check.h"

enum { THREADS = 4, LENGTH = 37 };

#define ROUNDS rounds(2000, 100)

static void *
appender(void *argument)
{
	char block[LENGTH];
	int file = OK(rump_sys_open("/t/shared", RUMP_O_WRONLY | RUMP_O_APPEND));

	memset(block, (int)(long)argument, sizeof block);
	for (int i = 0; i < ROUNDS; i++)
		EQUAL(OK(rump_sys_write(file, block, sizeof block)), LENGTH);
	OK(rump_sys_close(file));
	return NULL;
}

int
main(void)
{
	pthread_t threads[THREADS];
	char block[LENGTH];

	boot_in_tmpfs();
	make_file("f", "0123456789", 10);
	int file = OK(rump_sys_open("f", RUMP_O_RDWR | RUMP_O_APPEND));
	EQUAL(OK(rump_sys_write(file, "AB", 2)), 2);
	EQUAL(OK(rump_sys_lseek(file, 0, SEEK_CUR)), 12);
	OK(rump_sys_lseek(file, 3, SEEK_SET));
	EQUAL(OK(rump_sys_read(file, block, 1)), 1);
	EQUAL(block[0], '3');
	EQUAL(OK(rump_sys_write(file, "C", 1)), 1);
	EQUAL(status_of("f").st_size, 13);
	/* Without the flag again. */
	OK(rump_sys_fcntl(file, N_F_SETFL, 0));
	OK(rump_sys_lseek(file, 0, SEEK_SET));
	EQUAL(OK(rump_sys_write(file, "x", 1)), 1);
	EQUAL(status_of("f").st_size, 13);

	make_empty("shared");
	for (long i = 0; i < THREADS; i++)
		threads[i] = start_thread(appender, (void *)('a' + i));
	for (int i = 0; i < THREADS; i++)
		join_thread(threads[i]);
	EQUAL(status_of("shared").st_size, THREADS * ROUNDS * LENGTH);
	file = OK(rump_sys_open("shared", RUMP_O_RDONLY));
	for (int i = 0; i < THREADS * ROUNDS; i++) {
		EQUAL(OK(rump_sys_read(file, block, LENGTH)), LENGTH);
		ALL(block, (unsigned char)block[0], LENGTH);
	}
	return 0;
}
