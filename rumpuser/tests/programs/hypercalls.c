/* Hypercalls whose effect is on the whole process: one per run, named by the first argument. */

#define LIBRUMPUSER
#include <sys/stat.h>
#include <sys/types.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rump/rumpuser.h>
#include <rump/rumpuser_component.h>

#define REQUIRE(condition) \
	do { if (!(condition)) { fprintf(stderr, "line %d: %s\n", __LINE__, #condition); _exit(99); } } while (0)

static _Thread_local int has_cpu;

static void schedule(void) { REQUIRE(!has_cpu); has_cpu = 1; }
static void unschedule(void) { REQUIRE(has_cpu); has_cpu = 0; }
static void backend_unschedule(int level, int *locks, void *interlock) { *locks = 5; unschedule(); }
static void backend_schedule(int locks, void *interlock) { REQUIRE(locks == 5 || locks == 0); schedule(); }
static int new_lwp(pid_t process) { REQUIRE(has_cpu && process == 0); return 0; }

static const struct rumpuser_hyperup upcalls = {
	.hyp_schedule = schedule,
	.hyp_unschedule = unschedule,
	.hyp_backend_unschedule = backend_unschedule,
	.hyp_backend_schedule = backend_schedule,
	.hyp_lwproc_newlwp = new_lwp,
};

static void
print(void)
{
	rumpuser_dprintf("plain\n");
	rumpuser_dprintf("%d %u %x %s %c %%\n", -7, 7u, 0xbeef, "text", 'c');
	rumpuser_dprintf("%lld %llu %ld %zu\n", -9223372036854775807LL - 1, 18446744073709551615ULL, -1L, (size_t)42);
	rumpuser_dprintf("%.3f %g %s %.1f\n", 2.5, 1e100, "between", -0.25);
	rumpuser_dprintf("%d %d %d %d %d %d %d %d %s\n", 1, 2, 3, 4, 5, 6, 7, 8, "nine");
	rumpuser_dprintf("%.0f %.0f %.0f %.0f %.0f %.0f %.0f %.0f %.0f %.0f %d %.2Lf %lld\n",
	    1., 2., 3., 4., 5., 6., 7., 8., 9., 10., 11, 12.25L, 13LL);
	rumpuser_dprintf("%*d|%-6s|%.*s\n", 5, 42, "ab", 3, "abcdef");
}

struct bio {
	sem_t done;
	pthread_t thread;
	size_t count;
	int error;
};

static void
bio_done(void *argument, size_t count, int error)
{
	struct bio *bio = argument;

	REQUIRE(has_cpu);
	bio->thread = pthread_self();
	bio->count = count;
	bio->error = error;
	sem_post(&bio->done);
}

static void
block_io(const char *path)
{
	struct bio bio;
	char data[512] = "written", back[512];
	int file, same;

	REQUIRE(rumpuser_open(path, RUMPUSER_OPEN_RDWR | RUMPUSER_OPEN_CREATE, &file) == 0);
	sem_init(&bio.done, 0, 0);
	rumpuser_bio(file, RUMPUSER_BIO_WRITE | RUMPUSER_BIO_SYNC, data, sizeof(data), 1024, bio_done, &bio);
	sem_wait(&bio.done);
	REQUIRE(bio.count == 512 && bio.error == 0);
	same = pthread_equal(bio.thread, pthread_self());
	rumpuser_bio(file, RUMPUSER_BIO_READ, back, sizeof(back), 1024, bio_done, &bio);
	sem_wait(&bio.done);
	REQUIRE(bio.count == 512 && bio.error == 0 && memcmp(data, back, 512) == 0);
	REQUIRE(same == pthread_equal(bio.thread, pthread_self()));
	rumpuser_bio(-1, RUMPUSER_BIO_READ, back, sizeof(back), 0, bio_done, &bio);
	sem_wait(&bio.done);
	REQUIRE(bio.count == 0 && bio.error == 9);
	REQUIRE(has_cpu);
	printf("%s\n", same ? "same thread" : "other thread");
}

static void
report(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	REQUIRE(file != NULL);
	fputs(text, file);
	fclose(file);
}

static void
daemonize(const char *how, const char *path)
{
	char text[100], done[1000];
	struct stat null, out;
	pid_t parent = getpid();
	int answer;

	if (strcmp(how, "unasked") == 0) {
		printf("%d\n", rumpuser_daemonize_done(0));
		return;
	}
	REQUIRE(rumpuser_daemonize_begin() == 0);
	REQUIRE(getpid() != parent && getsid(0) == getpid());
	REQUIRE(rumpuser_daemonize_begin() == 36);
	if (strcmp(how, "die") == 0)
		_exit(0);
	report(path, "begun");
	answer = rumpuser_daemonize_done(atoi(how));
	REQUIRE(stat("/dev/null", &null) == 0 && fstat(STDOUT_FILENO, &out) == 0);
	snprintf(text, sizeof(text), "%d %d %s", answer, rumpuser_daemonize_done(0),
	    null.st_rdev == out.st_rdev ? "null" : "open");
	snprintf(done, sizeof(done), "%s.done", path);
	report(path, text);
	rename(path, done);
}

static void *
leave(void *argument)
{
	*(int *)argument = 1;
	rumpuser_thread_exit();
}

static void
foreign_thread(void)
{
	pthread_t thread;
	int ran = 0;

	REQUIRE(pthread_create(&thread, NULL, leave, &ran) == 0 && pthread_join(thread, NULL) == 0);
	REQUIRE(ran);
	printf("left\n");
}

int
main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	const char *argument = argc > 2 ? argv[2] : "";
	char buffer[4096];

	if (strcmp(what, "version") == 0) {
		printf("%d %d", rumpuser_init(atoi(argument), &upcalls), rumpuser_init(RUMPUSER_VERSION, NULL));
		return 0;
	}
	REQUIRE(rumpuser_init(RUMPUSER_VERSION, &upcalls) == 0);
	schedule();
	if (strcmp(what, "print") == 0) {
		print();
	} else if (strcmp(what, "exit") == 0) {
		for (const char *c = "console\n"; *c; c++)
			rumpuser_putchar(*c);
		rumpuser_exit(atoi(argument));
	} else if (strcmp(what, "kill") == 0) {
		printf("%d\n", rumpuser_kill(argc > 3 ? atoi(argv[3]) : RUMPUSER_PID_SELF, atoi(argument)));
	} else if (strcmp(what, "parameter") == 0) {
		int error;

		memset(buffer, '#', sizeof(buffer));
		error = rumpuser_getparam(argument, buffer, atoi(argv[3]));
		if (error)
			printf("%d %c", error, buffer[0]);
		else
			printf("%d %s %ld", error, buffer, (long)getpid());
	} else if (strcmp(what, "block_io") == 0) {
		block_io(argument);
	} else if (strcmp(what, "daemonize") == 0) {
		daemonize(argument, argv[3]);
	} else if (strcmp(what, "foreign_thread") == 0) {
		foreign_thread();
	} else if (strcmp(what, "overset") == 0) {
		rumpuser_curlwpop(RUMPUSER_LWP_SET, (struct lwp *)64);
		rumpuser_curlwpop(RUMPUSER_LWP_SET, (struct lwp *)128);
	} else if (strcmp(what, "unlock") == 0 || strcmp(what, "relock") == 0) {
		struct rumpuser_mtx *mutex;

		rumpuser_curlwpop(RUMPUSER_LWP_SET, (struct lwp *)64);
		rumpuser_mutex_init(&mutex, RUMPUSER_MTX_KMUTEX);
		if (*what == 'r') {
			rumpuser_mutex_enter(mutex);
			rumpuser_mutex_enter(mutex);
		}
		rumpuser_mutex_exit(mutex);
	} else {
		return 98;
	}
	return 0;
}
