/* needs: fs_tmpfs vfs vfs_aio */
/* lio_listio does many at once, waits for all or sends a signal when the last one is done. */
#include "aio.h"

enum { NOWAIT, WAIT };
enum { NOTHING, WRITE, READ };

int
main(void)
{
	char a[3] = "", b[3] = "";
	struct netbsd_aiocb blocks[4];
	void *list[5] = { &blocks[0], NULL, &blocks[1], &blocks[2], &blocks[3] };
	struct { int notify, signal; uint64_t value, rest[2]; } event = { 1, 30, 77, { 0 } };
	struct netbsd_signals wanted = signals_of(30);
	struct netbsd_siginfo information;
	struct timespec patience = { 10, 0 };

	rump_boot_setsigmodel(RUMP_SIGMODEL_RECORD);
	boot_in_tmpfs();
	new_process();
	int file = OK(rump_sys_open("f", RUMP_O_CREAT | RUMP_O_RDWR, 0666));
	blocks[0] = request(file, "12", 2, 0);
	blocks[1] = request(file, "34", 2, 2);
	blocks[2] = request(file, a, 2, 2);
	blocks[3] = request(file, b, 2, 0);
	blocks[0].list_operation = blocks[1].list_operation = WRITE;
	blocks[2].list_operation = READ;
	OK(rump_sys_lio_listio(WAIT, (void *)list, 5, NULL));
	EQUAL(strcmp(a, "34"), 0);
	/* The one that asked for nothing was left alone. */
	FAILS(rump_sys_aio_error((void *)&blocks[3]), RUMP_EINVAL);
	blocks[3].list_operation = READ;
	OK(rump_sys_lio_listio(NOWAIT, (void *)&list[4], 1, (void *)&event));
	EQUAL(OK(kernel_call(CALL_SIGTIMEDWAIT, (uintptr_t)&wanted, (uintptr_t)&information, (uintptr_t)&patience)), 30);
	EQUAL(information.code, -3);
	EQUAL(information.value, 77);
	EQUAL(strcmp(b, "12"), 0);
	blocks[3].list_operation = 9;
	FAILS(rump_sys_lio_listio(WAIT, (void *)&list[4], 1, NULL), RUMP_EIO);
	FAILS(rump_sys_lio_listio(5, (void *)list, 1, NULL), RUMP_EINVAL);
	FAILS(rump_sys_lio_listio(WAIT, (void *)list, 0, NULL), RUMP_EINVAL);
	return 0;
}
