/* NetBSD's struct aiocb, and what its tests share. */

#ifndef TESTS_AIO_H_
#define TESTS_AIO_H_

#include "kernel_calls.h"

struct netbsd_aiocb {
	int64_t offset;
	const void *buffer;
	size_t length;
	int descriptor, list_operation, priority, pad;
	struct { int notify, signal; uint64_t value, function, attributes; } event;
	int state, error;
	int64_t result;
};

static inline struct netbsd_aiocb
request(int descriptor, const void *buffer, size_t length, int64_t offset)
{
	return (struct netbsd_aiocb){ .offset = offset, .buffer = buffer, .length = length, .descriptor = descriptor };
}

/* Waits until it is done; its errno. */
static inline int
finish(struct netbsd_aiocb *block)
{
	const void *list[1] = { block };

	OK(rump_sys_aio_suspend((void *)list, 1, NULL));
	return (int)OK(rump_sys_aio_error((void *)block));
}

#endif
