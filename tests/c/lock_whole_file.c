/* needs: fs_tmpfs vfs */
/* flock(2): shared and exclusive, of open files and not of processes, changed and released. */
#include "check.h"

static int blocked;
static volatile bool granted;

static void *
waiter(void *argument)
{
	(void)argument;
	OK(rump_sys_flock(blocked, N_LOCK_EX));
	granted = true;
	return NULL;
}

int
main(void)
{
	boot_in_tmpfs();
	make_empty("f");
	int a = OK(rump_sys_open("f", RUMP_O_RDWR));
	int b = OK(rump_sys_open("f", RUMP_O_RDONLY));
	int copy = OK(rump_sys_dup(a));
	OK(rump_sys_flock(a, N_LOCK_SH));
	OK(rump_sys_flock(b, N_LOCK_SH | N_LOCK_NB));
	FAILS(rump_sys_flock(a, N_LOCK_EX | N_LOCK_NB), RUMP_EAGAIN);
	OK(rump_sys_flock(b, N_LOCK_UN));
	OK(rump_sys_flock(copy, N_LOCK_EX | N_LOCK_NB));
	FAILS(rump_sys_flock(b, N_LOCK_SH | N_LOCK_NB), RUMP_EAGAIN);
	/* A duplicate is the same open file: its close keeps the lock, its unlock does not. */
	OK(rump_sys_close(copy));
	FAILS(rump_sys_flock(b, N_LOCK_SH | N_LOCK_NB), RUMP_EAGAIN);
	blocked = b;
	pthread_t thread = start_thread(waiter, NULL);
	pause_milliseconds(50);
	HOLDS(!granted);
	OK(rump_sys_close(a));
	join_thread(thread);
	HOLDS(granted);
	FAILS(rump_sys_open("f", RUMP_O_RDONLY | RUMP_O_SHLOCK | RUMP_O_NONBLOCK), RUMP_EAGAIN);
	OK(rump_sys_flock(b, N_LOCK_UN));
	a = OK(rump_sys_open("f", RUMP_O_RDONLY | RUMP_O_EXLOCK | RUMP_O_NONBLOCK));
	FAILS(rump_sys_flock(b, N_LOCK_SH | N_LOCK_NB), RUMP_EAGAIN);
	OK(rump_sys_close(a));
	OK(rump_sys_flock(b, N_LOCK_SH | N_LOCK_NB));
	FAILS(rump_sys_flock(b, 0), RUMP_EINVAL);
	FAILS(rump_sys_flock(99, N_LOCK_SH), RUMP_EBADF);
	return 0;
}
