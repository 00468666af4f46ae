/*
 * Many host threads in one kernel, each with system calls of all kinds in an order that its seed gives, and with answers
 * that are known. Called by stress/run, in an empty directory; leaves image.ffs behind for the checker.
 */
#include <getopt.h>
#include <malloc.h>

#include "worker.h"

bool memory_is_low;
struct worker workers[MOST_WORKERS];
int worker_count = MOST_WORKERS;

static double end;
static pthread_barrier_t start;
static unsigned long most_actions = ~0ul;
static const char *only;
static pid_t shared_process;
static struct lwp *shared_lwp;
static atomic_bool finished;

static const struct action {
	const char *name;
	void (*run)(struct worker *);
} actions[] = {
	{ "change_own_file", change_own_file },
	{ "link_own_file", link_own_file },
	{ "fill_own_directory", fill_own_directory },
	{ "change_shared_names", change_shared_names },
	{ "change_shared_names", change_shared_names },
	{ "use_unlinked_file", use_unlinked_file },
	{ "take_much_room", take_much_room },
	{ "pass_token", pass_token },
	{ "move_through_pipe", move_through_pipe },
	{ "duplicate_descriptors", duplicate_descriptors },
	{ "send_signal_to_self", send_signal_to_self },
	{ "disturb_by_signal", disturb_by_signal },
	{ "wait_for_timer", wait_for_timer },
	{ "use_semaphore", use_semaphore },
	{ "change_lwps", change_lwps },
	{ "make_process", make_process },
	{ "sleep_shortly", sleep_shortly },
	{ "count_under_record_lock", count_under_record_lock },
	{ "count_under_file_lock", count_under_file_lock },
	{ "poll_pipe", poll_pipe },
	{ "queue_events", queue_events },
	{ "use_disk", use_disk },
	{ "configure_disk", configure_disk },
	{ "mount_and_unmount", mount_and_unmount },
};

#define ACTIONS (sizeof actions / sizeof *actions)

static _Atomic(const char *) doing[MOST_WORKERS];

bool
judge(const char *file, int line, const char *what, long long value, const int *expected)
{
	int error = errno;

	if (value != -1)
		return true;
	for (; *expected != 0; expected++)
		if (error == *expected)
			return false;
	if (memory_is_low && (error == RUMP_ENOMEM || error == RUMP_ENOSPC))
		return false;
	check_fail(file, line, "%s: unexpected: %s", what, rump_strerror(error));
}

/* Gives the thread the lwp of its role; when memory is low, not at the first try. */
static void
enter_role(struct worker *worker)
{
	int error;

	do
		error = worker->role == WITHOUT_LWP ? 0
		    : worker->role == OWN_PROCESS ? rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR)
		    : rump_pub_lwproc_newlwp(shared_process);
	while (memory_is_low && error == RUMP_ENOMEM);
	EQUAL(error, 0);
	worker->process = rump_sys_getpid();
}

static void *
work(void *argument)
{
	struct worker *worker = argument;

	pthread_barrier_wait(&start);
	enter_role(worker);
	for (worker->actions = 0; worker->actions < most_actions && seconds_now() < end; worker->actions++) {
		const struct action *action = &actions[below(worker, ACTIONS)];
		if (only != NULL && strstr(only, action->name) == NULL)
			continue;
		doing[worker->number] = action->name;
		action->run(worker);
	}
	doing[worker->number] = NULL;
	if (worker->role != WITHOUT_LWP)
		rump_pub_lwproc_releaselwp();
	return NULL;
}

/* Says what everybody does, when that takes a minute longer than it should. */
static void *
watch(void *unused)
{
	(void)unused;
	for (double late = end + 60; seconds_now() < late; pause_milliseconds(100))
		if (finished)
			return NULL;
	for (int number = 0; number < worker_count; number++) {
		const char *name = doing[number];
		if (name != NULL)
			fprintf(stderr, "worker %d is still in %s after %lu actions\n", number, name, workers[number].actions);
	}
	check_fail(__FILE__, __LINE__, "it does not end");
}

/* Every action a few times, by one worker of each role, when everything must go well. */
static void *
work_strictly(void *argument)
{
	struct worker *worker = argument;

	pthread_barrier_wait(&start);
	enter_role(worker);
	for (int round = 0; round < 3; round++)
		for (size_t number = 0; number < ACTIONS; number++) {
			doing[worker->number] = actions[number].name;
			actions[number].run(worker);
		}
	doing[worker->number] = NULL;
	if (worker->role != WITHOUT_LWP)
		rump_pub_lwproc_releaselwp();
	return NULL;
}

/* Leaves the host that many megabytes more than it has in use. */
static void
limit_host(unsigned long megabytes)
{
	unsigned long pages;
	FILE *file = fopen("/proc/self/statm", "r");
	struct rlimit limit;

	HOLDS(file != NULL && fscanf(file, "%lu", &pages) == 1);
	fclose(file);
	EQUAL(getrlimit(RLIMIT_AS, &limit), 0);
	limit.rlim_cur = megabytes == 0 ? limit.rlim_max : pages * 4096 + (megabytes << 20);
	EQUAL(setrlimit(RLIMIT_AS, &limit), 0);
}

/* Runs workers; before they begin, but after their stacks are there, the host is left that much, if any is named. */
static void
run_workers(void *(*body)(void *), int count, unsigned long host_megabytes)
{
	pthread_t threads[MOST_WORKERS];

	EQUAL(pthread_barrier_init(&start, NULL, (unsigned)count + 1), 0);
	for (int number = 0; number < count; number++)
		threads[number] = start_thread(body, &workers[number]);
	if (host_megabytes != 0)
		limit_host(host_megabytes);
	pthread_barrier_wait(&start);
	for (int number = 0; number < count; number++)
		join_thread(threads[number]);
}

static void
boot_with_everything(uint64_t seed)
{
	static char format[8];
	static const char *const formats[] = { "ufs2le", "ufs1be", "ufs1le", "ufs2be" };

	snprintf(format, sizeof format, "%s", formats[seed % 4]);
	rump_boot_setsigmodel(RUMP_SIGMODEL_RECORD);
	boot_in_ffs(2, (char *[]){ "mixed", format }, "48m", "density=8192");
	OK(rump_sys_mkdir("/t", 0777));
	OK(try_mount_tmpfs("/t", 0, 0, 0));
	OK(rump_sys_chdir("/"));
	for (int number = 0; number < 8; number++) {
		char path[32];
		int within = number % 4;
		snprintf(path, sizeof path, within == 0 ? "/%c/common" : "/%c/common/%d", number < 4 ? 't' : 'm', within - 1);
		OK(rump_sys_mkdir(path, 0777));
	}
	OK(rump_sys_pipe2(token_pipe, 0));
	make_locked_files();
	make_disks();
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR), 0);
	shared_process = rump_sys_getpid();
	shared_lwp = rump_pub_lwproc_curlwp();
	rump_pub_lwproc_switch(NULL);
	for (int number = 0; number < worker_count; number++) {
		struct worker *worker = &workers[number];
		worker->number = number;
		worker->role = (enum role)(number % ROLES);
		worker->random = (seed * MOST_WORKERS + (uint64_t)number + 1) * 0x9e3779b97f4a7c15ULL | 1;
		make_own_files(worker);
	}
}

static void
check_and_leave(void)
{
	for (int number = 0; number < worker_count; number++)
		check_own_files(&workers[number]);
	unmount_image();
	mount_image(0);
	OK(rump_sys_chdir("/"));
	for (int number = 0; number < worker_count; number++)
		check_own_files(&workers[number]);
	unmount_image();
	OK(rump_sys_unmount("/t", 0));
	EQUAL(OK(rump_sys_getvfsstat(NULL, 0, RUMP_MNT_NOWAIT)), 1);
}

int
main(int count, char **arguments)
{
	unsigned long host_megabytes = 0, total = 0;
	double seconds = 3;
	uint64_t seed = 1;
	pthread_t watcher;
	int option;

	while ((option = getopt(count, arguments, "a:h:lo:s:t:w:")) != -1) {
		switch (option) {
		case 'a':
			most_actions = strtoul(optarg, NULL, 0);
			break;
		case 'h':
			host_megabytes = strtoul(optarg, NULL, 0);
			memory_is_low = true;
			/* A thread that finds no room for an arena of its own would not look into the others. */
			mallopt(M_ARENA_MAX, 1);
			break;
		case 'l':
			memory_is_low = true;
			break;
		case 'o':
			only = optarg;
			break;
		case 's':
			seed = strtoull(optarg, NULL, 0);
			break;
		case 't':
			seconds = atof(optarg);
			break;
		case 'w':
			worker_count = atoi(optarg);
			HOLDS(worker_count >= ROLES && worker_count <= MOST_WORKERS);
			break;
		default:
			fprintf(stderr, "usage: mixed [-s SEED] [-t SECONDS] [-a ACTIONS] [-w WORKERS] [-o ACTION,...] [-l | -h MEGABYTES]\n");
			return 2;
		}
	}
	boot_with_everything(seed);
	end = seconds_now() + seconds;
	watcher = start_thread(watch, NULL);
	run_workers(work, worker_count, host_megabytes);
	if (host_megabytes != 0)
		limit_host(0);
	for (int number = 0; number < worker_count; number++)
		total += workers[number].actions;
	memory_is_low = false;
	run_workers(work_strictly, ROLES, 0);
	remove_disks();
	rump_pub_lwproc_switch(shared_lwp);
	rump_pub_lwproc_releaselwp();
	check_and_leave();
	finished = true;
	join_thread(watcher);
	printf("%lu actions\n", total);
	return 0;
}
