/* needs: fs_tmpfs vfs vfs_aio */
/* Asynchronous writes and reads move the data, in the order in which they were given; their results are fetched once. */
#include "aio.h"

enum { JOBS = 64, PIECE = 5000 };

int
main(void)
{
	static struct netbsd_aiocb blocks[JOBS];
	static char out[JOBS][PIECE], in[JOBS][PIECE];

	EQUAL(sizeof blocks[0], 88);
	boot_in_tmpfs();
	new_process();
	int file = OK(rump_sys_open("f", RUMP_O_CREAT | RUMP_O_RDWR, 0666));
	for (int i = 0; i < JOBS; i++) {
		memset(out[i], 'a' + i % 26, PIECE);
		blocks[i] = request(file, out[i], PIECE, (int64_t)i * PIECE);
		OK(rump_sys_aio_write((void *)&blocks[i]));
	}
	struct netbsd_aiocb sync = request(file, NULL, 0, 0);
	OK(rump_sys_aio_fsync(0x80, (void *)&sync));
	EQUAL(finish(&sync), 0);
	/* All that came before the sync are done. */
	for (int i = 0; i < JOBS; i++) {
		EQUAL(rump_sys_aio_error((void *)&blocks[i]), 0);
		EQUAL(rump_sys_aio_return((void *)&blocks[i]), PIECE);
		FAILS(rump_sys_aio_return((void *)&blocks[i]), RUMP_EINVAL);
		FAILS(rump_sys_aio_error((void *)&blocks[i]), RUMP_EINVAL);
	}
	for (int i = 0; i < JOBS; i++) {
		blocks[i] = request(file, in[i], PIECE, (int64_t)i * PIECE);
		OK(rump_sys_aio_read((void *)&blocks[i]));
	}
	for (int i = JOBS - 1; i >= 0; i--) {
		EQUAL(finish(&blocks[i]), 0);
		EQUAL(rump_sys_aio_return((void *)&blocks[i]), PIECE);
		EQUAL(memcmp(in[i], out[i], PIECE), 0);
	}
	struct netbsd_aiocb past = request(file, in[0], PIECE, JOBS * PIECE);
	OK(rump_sys_aio_read((void *)&past));
	EQUAL(finish(&past), 0);
	EQUAL(rump_sys_aio_return((void *)&past), 0);
	return 0;
}
