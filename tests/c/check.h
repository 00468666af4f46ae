/*
 * What the tests share: checks that end the program with one line about what was
 * expected and what was found, and the first steps of most tests.
 */

#ifndef TESTS_CHECK_H_
#define TESTS_CHECK_H_

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <rump/rump.h>
#include <rump/rumperr.h>
#include <rump/rump_syscalls.h>
#include <rump/netbsd_structs.h>

#include "netbsd_constants.h"

__attribute__((noreturn, format(printf, 3, 4), unused)) static void
check_fail(const char *file, int line, const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "%s:%d: ", file, line);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	/* Other threads may be inside the kernel: do not run destructors under them. */
	fflush(stderr);
	_exit(1);
}

/* The value is the one expected. */
#define EQUAL(actual, expected) do { \
	long long check_actual = (long long)(actual); \
	long long check_expected = (long long)(expected); \
	if (check_actual != check_expected) \
		check_fail(__FILE__, __LINE__, "%s: expected %lld, found %lld", \
		    #actual, check_expected, check_actual); \
} while (0)

/* The condition holds. */
#define HOLDS(condition) do { \
	if (!(condition)) \
		check_fail(__FILE__, __LINE__, "expected: %s", #condition); \
} while (0)

/* The call succeeds; its value is that of the expression. */
#define OK(call) (__extension__({ \
	long long check_value = (long long)(call); \
	if (check_value == -1) \
		check_fail(__FILE__, __LINE__, "%s: expected success, found: %s", \
		    #call, rump_strerror(errno)); \
	check_value; \
}))

/* The system call fails with that error; errno has NetBSD's numbers. */
#define FAILS(call, error) do { \
	long long check_value = (errno = 0, (long long)(call)); \
	int check_errno = errno; \
	if (check_value != -1) \
		check_fail(__FILE__, __LINE__, "%s: expected %s, found success (%lld)", \
		    #call, #error, check_value); \
	if (check_errno != (error)) \
		check_fail(__FILE__, __LINE__, "%s: expected %s, found: %s", \
		    #call, #error, rump_strerror(check_errno)); \
} while (0)

/* So many bytes are the same. */
#define SAME(actual, expected, length) do { \
	const unsigned char *check_a = (const void *)(actual); \
	const unsigned char *check_b = (const void *)(expected); \
	size_t check_length = (size_t)(length); \
	if (memcmp(check_a, check_b, check_length) == 0) \
		break; \
	for (size_t check_i = 0; check_i < check_length; check_i++) \
		if (check_a[check_i] != check_b[check_i]) \
			check_fail(__FILE__, __LINE__, \
			    "%s: byte %zu: expected 0x%02x, found 0x%02x", #actual, \
			    check_i, check_b[check_i], check_a[check_i]); \
} while (0)

/* All bytes have one value. */
#define ALL(actual, value, length) do { \
	const unsigned char *check_a = (const void *)(actual); \
	size_t check_length = (size_t)(length); \
	if (check_length > 0 && check_a[0] == (value) && memcmp(check_a, check_a + 1, check_length - 1) == 0) \
		break; \
	for (size_t check_i = 0; check_i < check_length; check_i++) \
		if (check_a[check_i] != (value)) \
			check_fail(__FILE__, __LINE__, \
			    "%s: byte %zu: expected 0x%02x, found 0x%02x", #actual, \
			    check_i, (unsigned)(value), check_a[check_i]); \
} while (0)

/*
 * A test that runs once does a lot, to meet an unlucky moment or to go through all cases. In a simulated world (tests/c/simulated)
 * it runs with hundreds of seeds, each of them another schedule, and does so little with each that it takes some hundredths of
 * a second: fewer rounds, and other cases with each seed.
 */

static inline bool
is_simulated(void)
{
	return getenv("SIMULATOR_SEED") != NULL;
}

/* What tells one run of a test in a simulated world from the others; 0 in the real world. */
static inline unsigned
world_seed(void)
{
	return is_simulated() ? (unsigned)strtoul(getenv("SIMULATOR_SEED"), NULL, 10) : 0;
}

/* How often to do something, or how much of it. */
static inline int
rounds(int real, int simulated)
{
	return is_simulated() ? simulated : real;
}

/* Whether this run does the case with that number: all in the real world, one in so many in a simulated one. */
static inline bool
in_turn(unsigned number, unsigned one_in)
{
	return !is_simulated() || (number + world_seed()) % one_in == 0;
}

/* A folder for what is the same in every run of a test, and takes long to make. In the real world there is one run. */
static inline const char *
kept_files(void)
{
	return is_simulated() && getenv("KEPT_FILES") != NULL ? getenv("KEPT_FILES") : ".";
}

typedef struct rump_netbsd_stat Status;

static inline Status
status_of(const char *path)
{
	Status status;

	memset(&status, 0xa5, sizeof status);
	OK(rump_sys_lstat(path, (struct stat *)&status));
	return status;
}

static inline Status
descriptor_status(int descriptor)
{
	Status status;

	memset(&status, 0xa5, sizeof status);
	OK(rump_sys_fstat(descriptor, (struct stat *)&status));
	return status;
}

static inline void
boot(void)
{
	EQUAL(rump_init(), 0);
}

/* 0 stands for no limit. */
static inline int
try_mount_tmpfs(const char *path, uint64_t nodes, int64_t bytes, int flags)
{
	struct rump_netbsd_tmpfs_args arguments = {
		.ta_version = 1,
		.ta_nodes_max = nodes,
		.ta_size_max = bytes,
		.ta_root_mode = 0777,
	};

	return rump_sys_mount("tmpfs", path, flags, &arguments, sizeof arguments);
}

/* Boots, mounts a tmpfs that anybody may write to at /t, and goes there. */
static inline void
boot_in_tmpfs(void)
{
	boot();
	OK(rump_sys_mkdir("/t", 0777));
	OK(try_mount_tmpfs("/t", 0, 0, 0));
	OK(rump_sys_chdir("/t"));
}

/* Makes a new process for this thread, with copies of the descriptors. */
static inline struct lwp *
new_process(void)
{
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_COPY), 0);
	return rump_pub_lwproc_curlwp();
}

/* Makes a new process of that user, in that group and no other. */
static inline struct lwp *
new_process_of(uid_t user, gid_t group)
{
	struct lwp *lwp = new_process();

	OK(rump_sys_setgroups(0, NULL));
	OK(rump_sys_setgid(group));
	OK(rump_sys_setuid(user));
	return lwp;
}

static inline void
make_file(const char *path, const void *data, size_t length)
{
	int descriptor = OK(rump_sys_open(path, RUMP_O_CREAT | RUMP_O_RDWR | RUMP_O_TRUNC, 0666));

	EQUAL(OK(rump_sys_write(descriptor, data, length)), length);
	OK(rump_sys_close(descriptor));
}

static inline void
make_empty(const char *path)
{
	make_file(path, "", 0);
}

static inline bool
exists(const char *path)
{
	Status status;

	return rump_sys_lstat(path, (struct stat *)&status) == 0;
}

/* Seconds on a clock of the host that only goes forward. */
static inline double
seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Lets host time pass. */
static inline void
pause_milliseconds(long milliseconds)
{
	struct timespec duration = { milliseconds / 1000, milliseconds % 1000 * 1000000 };

	nanosleep(&duration, NULL);
}

static inline pthread_t
start_thread(void *(*body)(void *), void *argument)
{
	pthread_t thread;

	EQUAL(pthread_create(&thread, NULL, body, argument), 0);
	return thread;
}

static inline void
join_thread(pthread_t thread)
{
	EQUAL(pthread_join(thread, NULL), 0);
}

#endif /* TESTS_CHECK_H_ */
