/* needs: fs_tmpfs vfs */
/* kevent, pselect and pollts as up to NetBSD 5.0, by number: the seconds of their timeouts have 32 bits, and what lies behind them does not count. */
#include "kernel_calls.h"

struct old_timespec {
	int32_t seconds, padding;
	int64_t nanoseconds;
};

struct polled {
	int fd;
	short events, revents;
};

static long
six(int number, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f)
{
	uint64_t slots[6] = { a, b, c, d, e, f };
	long results[2] = { 0, 0 };
	int error = rump_syscall(number, slots, sizeof slots, results);

	if (error == 0)
		return results[0];
	errno = error;
	return -1;
}

int
main(void)
{
	enum { PSELECT = 373, POLLTS = 374, KEVENT = 345, KQUEUE1 = 455 };
	/* Garbage in the padding would be thousands of years. */
	struct old_timespec moment = { 0, 0x7fffffff, 20000000 };
	struct polled polled;
	uint32_t set[8] = { 0 };
	int pair[2];

	boot_in_tmpfs();
	OK(rump_sys_pipe(pair));
	polled = (struct polled){ pair[0], 1, 0 };
	EQUAL(six(POLLTS, (uintptr_t)&polled, 1, (uintptr_t)&moment, 0, 0, 0), 0);
	set[pair[0] / 32] = 1u << pair[0] % 32;
	EQUAL(six(PSELECT, (uint64_t)pair[0] + 1, (uintptr_t)set, 0, 0, (uintptr_t)&moment, 0), 0);
	EQUAL(set[pair[0] / 32], 0);
	int queue = OK(six(KQUEUE1, 0x400000, 0, 0, 0, 0, 0));
	EQUAL(rump_sys_fcntl(queue, N_F_GETFD, 0), N_FD_CLOEXEC);
	struct { uint64_t ident; uint32_t filter, flags, fflags, pad; int64_t data; uint64_t udata; } event = { (uint64_t)pair[0], 0, 1, 0, 0, 0, 9 };
	EQUAL(sizeof event, 40);
	EQUAL(six(KEVENT, (uint64_t)queue, (uintptr_t)&event, 1, (uintptr_t)&event, 1, (uintptr_t)&moment), 0);
	OK(rump_sys_write(pair[1], "x", 1));
	EQUAL(six(KEVENT, (uint64_t)queue, 0, 0, (uintptr_t)&event, 1, (uintptr_t)&moment), 1);
	EQUAL(event.udata, 9);
	EQUAL(six(POLLTS, (uintptr_t)&polled, 1, (uintptr_t)&moment, 0, 0, 0), 1);
	set[pair[0] / 32] = 1u << pair[0] % 32;
	EQUAL(six(PSELECT, (uint64_t)pair[0] + 1, (uintptr_t)set, 0, 0, (uintptr_t)&moment, 0), 1);
	return 0;
}
