/* needs: fs_tmpfs vfs */
/* readv(2) and writev(2) fill their pieces in order; empty pieces are passed over. */
#include "check.h"

int
main(void)
{
	char a[3], b[1], c[10];
	struct iovec out[] = { { "abc", 3 }, { "", 0 }, { "defgh", 5 }, { NULL, 0 }, { "i", 1 } };
	struct iovec in[] = { { a, 3 }, { b, 1 }, { NULL, 0 }, { c, sizeof c } };

	boot_in_tmpfs();
	int file = OK(rump_sys_open("f", RUMP_O_CREAT | RUMP_O_RDWR, 0666));
	EQUAL(OK(rump_sys_writev(file, out, 5)), 9);
	EQUAL(OK(rump_sys_lseek(file, 0, SEEK_CUR)), 9);
	OK(rump_sys_lseek(file, 0, SEEK_SET));
	EQUAL(OK(rump_sys_readv(file, in, 4)), 9);
	SAME(a, "abc", 3);
	SAME(b, "d", 1);
	SAME(c, "efghi", 5);
	EQUAL(OK(rump_sys_readv(file, in, 4)), 0);
	/* At an offset: the file's own stays. */
	EQUAL(OK(rump_sys_pwritev(file, out, 1, 20)), 3);
	EQUAL(OK(rump_sys_preadv(file, in, 2, 19)), 4);
	SAME(a, "\0ab", 3);
	SAME(b, "c", 1);
	EQUAL(OK(rump_sys_lseek(file, 0, SEEK_CUR)), 9);
	return 0;
}
