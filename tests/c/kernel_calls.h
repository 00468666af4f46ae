/*
 * Calls that programs reach by number only: rump_syscall packs one 64-bit slot
 * for each argument.
 */

#ifndef TESTS_KERNEL_CALLS_H_
#define TESTS_KERNEL_CALLS_H_

#include "check.h"

int rump_syscall(int, void *, size_t, long *);

enum {
	CALL_KILL = 37,
	CALL_NTP_ADJTIME = 176,
	CALL_SIGPENDING = 292,
	CALL_SIGPROCMASK = 293,
	CALL_SIGSUSPEND = 294,
	CALL_SIGTIMEDWAIT = 431
};

struct netbsd_signals {
	uint64_t words[2];
};

struct netbsd_siginfo {
	int signo, code, error, pad, pid, uid;
	uint64_t value;
	char rest[96];
};

/* struct itimerspec. */
struct netbsd_itimerspec {
	struct timespec interval, value;
};

/* The host's type for a timer is a pointer, the kernel's a number. */
__attribute__((unused)) static timer_t
timer_handle(int timer)
{
	return (timer_t)(intptr_t)timer;
}

/* The call's value, or -1 with errno. */
__attribute__((unused)) static long
kernel_call(int number, uint64_t first, uint64_t second, uint64_t third)
{
	uint64_t slots[3] = { first, second, third };
	long results[2] = { 0, 0 };
	int error = rump_syscall(number, slots, sizeof slots, results);

	if (error != 0) {
		errno = error;
		return -1;
	}
	return results[0];
}

__attribute__((unused)) static struct netbsd_signals
signals_of(int signal)
{
	return (struct netbsd_signals){ { 1ull << (signal - 1), 0 } };
}

__attribute__((unused)) static bool
is_pending(int signal)
{
	struct netbsd_signals pending;

	OK(kernel_call(CALL_SIGPENDING, (uintptr_t)&pending, 0, 0));
	return (pending.words[0] >> (signal - 1) & 1) != 0;
}

#endif
