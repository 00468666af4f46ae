/* What the benchmark programs share: a clock, a line of results, and the two kernels behind one table of functions. */
#ifndef BENCH_H
#define BENCH_H

#define _GNU_SOURCE 1
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <rump/rump.h>
#include <rump/rump_syscalls.h>
#include <rump/netbsd_structs.h>

static inline double
seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

/* One figure: "RESULT name kernel value unit". */
static inline void
result(const char *name, const char *kernel, double value, const char *unit)
{
	printf("RESULT %s %s %.6g %s\n", name, kernel, value, unit);
}

#define MUST(expression) do { \
	if ((expression) == -1) { \
		fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #expression, strerror(errno)); \
		exit(1); \
	} } while (0)

#endif
