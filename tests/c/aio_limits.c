/* needs: fs_tmpfs vfs vfs_aio */
/* Asynchronous writes obey the limit on file sizes of the process that asks, and count as its. Others are not bound by it. */
#include "aio.h"

enum { SIGNAL_FILE_SIZE = 25 };

int
main(void)
{
	struct rlimit limit = { 1000, 1000 };
	char block[600] = { 0 };

	rump_boot_setsigmodel(RUMP_SIGMODEL_RECORD);
	boot_in_tmpfs();
	struct lwp *other = new_process();
	new_process();
	OK(rump_sys_setrlimit(N_RLIMIT_FSIZE, &limit));
	int file = OK(rump_sys_open("f", RUMP_O_CREAT | RUMP_O_RDWR, 0666));
	struct netbsd_aiocb fits = request(file, block, 600, 0), across = request(file, block, 600, 600),
			    behind = request(file, block, 1, 1000);
	OK(rump_sys_aio_write((void *)&fits));
	EQUAL(finish(&fits), 0);
	EQUAL(rump_sys_aio_return((void *)&fits), 600);
	HOLDS(!is_pending(SIGNAL_FILE_SIZE));
	OK(rump_sys_aio_write((void *)&across));
	int error = finish(&across);
	HOLDS(error == RUMP_EFBIG || (error == 0 && rump_sys_aio_return((void *)&across) == 400));
	HOLDS(status_of("f").st_size <= 1000);
	OK(rump_sys_aio_write((void *)&behind));
	EQUAL(finish(&behind), RUMP_EFBIG);
	EQUAL(rump_sys_aio_return((void *)&behind), -1);
	HOLDS(is_pending(SIGNAL_FILE_SIZE));

	/* The limit is the one of when the work is done, not of when the process first asked. */
	limit = (struct rlimit){ 500, 1000 };
	OK(rump_sys_setrlimit(N_RLIMIT_FSIZE, &limit));
	struct netbsd_aiocb again = request(file, block, 1, 600);
	OK(rump_sys_aio_write((void *)&again));
	EQUAL(finish(&again), RUMP_EFBIG);

	struct lwp *own = rump_pub_lwproc_curlwp();
	rump_pub_lwproc_switch(other);
	int theirs = OK(rump_sys_open("f", RUMP_O_RDWR));
	struct netbsd_aiocb free_one = request(theirs, block, 600, 2000);
	OK(rump_sys_aio_write((void *)&free_one));
	EQUAL(finish(&free_one), 0);
	EQUAL(status_of("f").st_size, 2600);
	HOLDS(!is_pending(SIGNAL_FILE_SIZE));
	rump_pub_lwproc_switch(own);
	rump_pub_lwproc_releaselwp();
	rump_pub_lwproc_switch(other);
	rump_pub_lwproc_releaselwp();
	return 0;
}
