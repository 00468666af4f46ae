/* Processor time of processes inside a kernel. */

#ifndef TESTS_PROCESSOR_TIME_H_
#define TESTS_PROCESSOR_TIME_H_

#include "kernel_calls.h"

enum {
	CALL_GETCPUCLOCK = 482,
	CALL_GETRUSAGE = 445,
	OWN_USAGE = 0,
	USAGE_OF_CHILDREN = -1
};

#define CLOCK_OF_PROCESS	0x40000000
#define CLOCK_OF_LWP		((int)0x80000000)
#define PROCESSOR_TIME_PATIENCE	20.0

struct netbsd_usage {
	struct { int64_t seconds, microseconds; } user, system;
	int64_t numbers[14];
};

/* System time in milliseconds; there is no user time. */
static inline long
milliseconds_used(int who)
{
	struct netbsd_usage usage;

	memset(&usage, 0xa5, sizeof usage);
	OK(kernel_call(CALL_GETRUSAGE, (uint64_t)who, (uintptr_t)&usage, 0));
	EQUAL(usage.user.seconds, 0);
	EQUAL(usage.user.microseconds, 0);
	return usage.system.seconds * 1000 + usage.system.microseconds / 1000;
}

static inline long
milliseconds_of_clock(int clock)
{
	struct timespec time;

	OK(rump_sys_clock_gettime(clock, &time));
	return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* Some work inside the kernel: system calls that copy. */
static inline void
work(int descriptor)
{
	static _Thread_local char data[256 * 1024];

	/* In a simulated world calls take as long whatever they copy. */
	size_t length = (size_t)rounds(sizeof data, 512);

	for (int i = 0; i < 20; i++)
		EQUAL(OK(rump_sys_pwrite(descriptor, data, length, 0)), length);
}

#endif
