/* needs: fs_ffs vfs_aio vfs */
/* formats: ufs2le */
/* RUMP_THREADS=0: the kernel has no threads of its own. Files work, and what needs a thread says so. */

#include "aio.h"
#include "ffs.h"

#include <rump/rump_core.h>

static char data[300000], found[sizeof data];

int
main(int count, char **arguments)
{
	int timer;
	struct timespec now = { 0, 1000000 };

	EQUAL(rump_threads, 1);
	setenv("RUMP_THREADS", "0", 1);
	boot_in_ffs(count, arguments, "8m", "");
	EQUAL(rump_threads, 0);

	memset(data, 0xa5, sizeof data);
	make_file("f", data, sizeof data);
	OK(rump_sys_mkdir("d", 0755));
	OK(rump_sys_rename("f", "d/f"));
	mount_again();
	int file = OK(rump_sys_open("d/f", RUMP_O_RDWR));
	EQUAL(rump_sys_read(file, found, sizeof found), sizeof data);
	SAME(found, data, sizeof data);
	OK(rump_sys_nanosleep(&now, NULL));

	/* What expires later, and what is done at the same time. */
	OK(rump_sys_timer_create(3, NULL, (void *)&timer));
	struct netbsd_itimerspec setting = { { 0, 0 }, { 0, 1000000 } };
	FAILS(rump_sys_timer_settime(timer_handle(timer), 0, (void *)&setting, NULL), RUMP_EAGAIN);
	struct netbsd_aiocb block = request(file, found, 1, 0);
	FAILS(rump_sys_aio_read((void *)&block), RUMP_EAGAIN);
	OK(rump_sys_close(file));
	unmount_image();
	return 0;
}
