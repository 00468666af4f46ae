/*
 * calls: the null system call, from threads with an lwp of their own and without, beside the host's; lwps and processes
 * made and released; data through a pipe.
 */
#include "bench.h"

#include <pthread.h>

enum { CALLS = 1000000, LWPS = 100000, PIPE_MEGABYTES = 512 };

static pthread_barrier_t line;
static int bound;

static void *
rump_calls(void *unused)
{
	(void)unused;
	if (bound && rump_pub_lwproc_newlwp(1) != 0)
		exit(1);
	pthread_barrier_wait(&line);
	for (int i = 0; i < CALLS; i++)
		rump_sys_getpid();
	pthread_barrier_wait(&line);
	if (bound)
		rump_pub_lwproc_releaselwp();
	return NULL;
}

static void *
host_calls(void *unused)
{
	(void)unused;
	pthread_barrier_wait(&line);
	for (int i = 0; i < CALLS; i++)
		syscall(SYS_getpid);
	pthread_barrier_wait(&line);
	return NULL;
}

static void
run(const char *name, const char *kernel, void *(*body)(void *), int threads)
{
	pthread_t thread[8];
	double start;

	pthread_barrier_init(&line, NULL, threads + 1);
	for (int i = 0; i < threads; i++)
		pthread_create(&thread[i], NULL, body, NULL);
	pthread_barrier_wait(&line);
	start = seconds_now();
	pthread_barrier_wait(&line);
	result(name, kernel, (seconds_now() - start) * 1e9 / CALLS, "ns");
	for (int i = 0; i < threads; i++)
		pthread_join(thread[i], NULL);
	pthread_barrier_destroy(&line);
}

static int pipe_ends[2];
static size_t pipe_piece;
static ssize_t (*pipe_write)(int, const void *, size_t);

static void *
fill_pipe(void *unused)
{
	static char data[65536];

	(void)unused;
	for (size_t left = (size_t)PIPE_MEGABYTES << 20; left > 0; left -= pipe_piece)
		if (pipe_write(pipe_ends[1], data, pipe_piece) != (ssize_t)pipe_piece)
			exit(1);
	return NULL;
}

static void
run_pipe(const char *kernel, size_t piece, ssize_t (*reading)(int, void *, size_t),
    ssize_t (*writing)(int, const void *, size_t))
{
	static char data[65536];
	char name[64];
	pthread_t writer;
	double start = seconds_now();
	ssize_t length;

	pipe_piece = piece;
	pipe_write = writing;
	pthread_create(&writer, NULL, fill_pipe, NULL);
	for (size_t left = (size_t)PIPE_MEGABYTES << 20; left > 0; left -= length)
		if ((length = reading(pipe_ends[0], data, piece)) <= 0)
			exit(1);
	pthread_join(writer, NULL);
	snprintf(name, sizeof(name), "pipe-%zuk", piece / 1024);
	result(name, kernel, PIPE_MEGABYTES / (seconds_now() - start), "MB/s");
}

int
main(int argc, char **argv)
{
	static const int threads[] = { 1, 2, 4 };
	const char *cpus = argc == 2 ? argv[1] : "2";
	char name[64];
	double start;

	setenv("RUMP_NCPU", cpus, 1);
	if (rump_init() != 0)
		return 1;
	for (int i = 0; i < 3; i++) {
		bound = 1;
		snprintf(name, sizeof(name), "call-%dthreads-%scpus", threads[i], cpus);
		run(name, "rump", rump_calls, threads[i]);
		run(name, "host", host_calls, threads[i]);
	}
	bound = 0;
	snprintf(name, sizeof(name), "call-implicit-%scpus", cpus);
	run(name, "rump", rump_calls, 1);
	run(name, "host", host_calls, 1);

	start = seconds_now();
	for (int i = 0; i < LWPS; i++) {
		if (rump_pub_lwproc_rfork(RUMP_RFFDG) != 0)
			return 1;
		rump_pub_lwproc_releaselwp();
	}
	snprintf(name, sizeof(name), "rfork-release-%scpus", cpus);
	result(name, "rump", LWPS / (seconds_now() - start), "1/s");

	for (size_t piece = 4096; piece <= 65536; piece *= 16) {
		MUST(rump_sys_pipe(pipe_ends));
		run_pipe("rump", piece, rump_sys_read, rump_sys_write);
		rump_sys_close(pipe_ends[0]);
		rump_sys_close(pipe_ends[1]);
		MUST(pipe(pipe_ends));
		run_pipe("host", piece, read, write);
		close(pipe_ends[0]);
		close(pipe_ends[1]);
	}
	fflush(stdout);
	_exit(0);
}
