/* needs: fs_tmpfs vfs */
/* Vectors: at most IOV_MAX pieces, and no more bytes than a result can tell. */
#include "check.h"

int
main(void)
{
	static struct iovec pieces[N_IOV_MAX + 1];
	static char bytes[N_IOV_MAX + 1];

	boot_in_tmpfs();
	int file = OK(rump_sys_open("f", RUMP_O_CREAT | RUMP_O_RDWR, 0666));
	for (int i = 0; i <= N_IOV_MAX; i++)
		pieces[i] = (struct iovec){ &bytes[i], 1 };
	EQUAL(OK(rump_sys_writev(file, pieces, N_IOV_MAX)), N_IOV_MAX);
	FAILS(rump_sys_writev(file, pieces, N_IOV_MAX + 1), RUMP_EINVAL);
	FAILS(rump_sys_readv(file, pieces, N_IOV_MAX + 1), RUMP_EINVAL);
	FAILS(rump_sys_readv(file, pieces, -1), RUMP_EINVAL);
	FAILS(rump_sys_readv(99, pieces, 1), RUMP_EBADF);
	pieces[0].iov_len = (size_t)INT64_MAX;
	pieces[1].iov_len = 1;
	FAILS(rump_sys_writev(file, pieces, 2), RUMP_EINVAL);
	FAILS(rump_sys_readv(file, pieces, 2), RUMP_EINVAL);
	pieces[0].iov_len = (size_t)INT64_MAX + 1;
	FAILS(rump_sys_writev(file, pieces, 1), RUMP_EINVAL);
	EQUAL(status_of("f").st_size, N_IOV_MAX);
	return 0;
}
