/* needs: fs_tmpfs vfs vfs_aio */
/* What the asynchronous calls refuse, and errors of the work itself. */
#include "aio.h"

int
main(void)
{
	char byte = 'x';
	struct timespec none = { 0, 1000000 };
	int pair[2];

	boot_in_tmpfs();
	make_empty("f");
	new_process();
	int file = OK(rump_sys_open("f", RUMP_O_RDONLY));
	struct netbsd_aiocb block = request(99, &byte, 1, 0);
	FAILS(rump_sys_aio_read((void *)&block), RUMP_EBADF);
	block = request(file, NULL, 1, 0);
	FAILS(rump_sys_aio_read((void *)&block), RUMP_EINVAL);
	block = request(file, &byte, 1, -1);
	FAILS(rump_sys_aio_read((void *)&block), RUMP_EINVAL);
	block = request(file, &byte, SIZE_MAX, 0);
	FAILS(rump_sys_aio_read((void *)&block), RUMP_EINVAL);
	FAILS(rump_sys_aio_fsync(7, (void *)&block), RUMP_EINVAL);
	FAILS(rump_sys_aio_read(NULL), RUMP_EFAULT);
	block = request(file, &byte, 1, 0);
	OK(rump_sys_aio_write((void *)&block));
	EQUAL(finish(&block), RUMP_EBADF);
	EQUAL(rump_sys_aio_return((void *)&block), -1);

	/* A job that waits: not done, not given twice, and nothing behind it is taken back with it. */
	OK(rump_sys_pipe(pair));
	struct netbsd_aiocb waiting = request(pair[0], &byte, 1, 0), behind = request(file, &byte, 1, 0);
	OK(rump_sys_aio_read((void *)&waiting));
	while (rump_sys_aio_cancel(pair[0], NULL) != 2)
		waiting = request(pair[0], &byte, 1, 0), (void)rump_sys_aio_read((void *)&waiting);
	OK(rump_sys_aio_read((void *)&behind));
	EQUAL(rump_sys_aio_error((void *)&waiting), RUMP_EINPROGRESS);
	FAILS(rump_sys_aio_return((void *)&waiting), RUMP_EINVAL);
	FAILS(rump_sys_aio_read((void *)&waiting), RUMP_EINVAL);
	const void *list[2] = { &waiting, &behind };
	FAILS(rump_sys_aio_suspend((void *)list, 2, (void *)&none), RUMP_EAGAIN);
	FAILS(rump_sys_aio_cancel(pair[0], (void *)&behind), RUMP_EBADF);
	EQUAL(rump_sys_aio_cancel(file, (void *)&behind), 1);
	EQUAL(rump_sys_aio_error((void *)&behind), RUMP_ECANCELED);
	EQUAL(rump_sys_aio_cancel(file, NULL), 3);
	FAILS(rump_sys_aio_cancel(99, NULL), RUMP_EBADF);
	EQUAL(rump_sys_write(pair[1], "y", 1), 1);
	EQUAL(finish(&waiting), 0);
	EQUAL(byte, 'y');

	/* A process that ends while its job waits takes it along. */
	OK(rump_sys_aio_read((void *)&waiting));
	rump_pub_lwproc_releaselwp();
	return 0;
}
