/* needs: fs_ffs vfs vfs_aio */
/* formats: ufs1le ufs2be */
/* Asynchronous writes of who is no superuser leave the superuser's reserve of a full file system alone. */
#include "aio.h"
#include "ffs.h"

enum { PIECE = 8192 };

int
main(int count, char **arguments)
{
	static char block[PIECE];
	int64_t at = 0;
	int error;

	boot_in_ffs(count, arguments, "8m", "minfree=10");
	OK(rump_sys_chmod(".", 0777));
	new_process_of(1000, 1000);
	OK(rump_sys_chdir("/m"));
	int file = OK(rump_sys_open("f", RUMP_O_CREAT | RUMP_O_RDWR, 0666));
	do {
		struct netbsd_aiocb job = request(file, block, PIECE, at);

		OK(rump_sys_aio_write((void *)&job));
		error = finish(&job);
		at += PIECE;
	} while (error == 0 && at < 16 << 20);
	EQUAL(error, RUMP_ENOSPC);
	struct rump_netbsd_statvfs space = space_of("/m");
	HOLDS(space.f_bresvd > 500);
	/* The last block may have been taken out of the reserve. */
	HOLDS(space.f_bfree > space.f_bresvd - 16);
	OK(rump_sys_close(file));
	OK(rump_sys_chdir("/"));
	rump_pub_lwproc_releaselwp();
	unmount_image();
	return 0;
}
