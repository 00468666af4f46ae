/* needs: fs_tmpfs vfs vfs_aio */
/* A control block can be given again as soon as its job is done, also by who learns that while the job's thread is still at work. */
#include "aio.h"

int
main(void)
{
	char bytes[64];

	boot_in_tmpfs();
	make_file("f", "contents", 8);
	int file = OK(rump_sys_open("f", RUMP_O_RDONLY));
	struct netbsd_aiocb block = request(file, bytes, sizeof bytes, 0);
	for (int round = 0; round < rounds(20000, 30); round++) {
		OK(rump_sys_aio_read((void *)&block));
		if (round % 2 == 0)
			EQUAL(finish(&block), 0);
		else
			while (OK(rump_sys_aio_error((void *)&block)) == RUMP_EINPROGRESS)
				continue;
	}
	EQUAL(rump_sys_aio_return((void *)&block), 8);
	SAME(bytes, "contents", 8);
	return 0;
}
