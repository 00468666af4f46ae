/* What the parts of the stress program share: a worker, its random numbers, and calls of which failures are judged. */

#ifndef STRESS_WORKER_H_
#define STRESS_WORKER_H_

#include <fcntl.h>
#include <stdatomic.h>

#include "disk.h"
#include "events.h"
#include "ffs.h"
#include "kernel_calls.h"

enum {
	MOST_WORKERS = 64,
	SLOTS = 4,			/* files that a worker keeps */
	LARGEST = 24000,		/* bytes in one */
	BLOCK = 4096,			/* bytes that a worker has on each disk */
};

/* How a worker came to its lwp. */
enum role {
	WITHOUT_LWP,			/* process 1, by an implicit lwp for each call */
	OWN_PROCESS,			/* one lwp in a process of its own */
	SHARED_PROCESS,			/* one of many lwps in one process */
	ROLES,
};

struct slot {
	bool exists;
	size_t length;
	uint64_t seed;
};

struct worker {
	int number;
	enum role role;
	uint64_t random;
	pid_t process;
	unsigned long actions;
	struct slot slots[SLOTS];
	uint64_t block_seed[2];		/* what its blocks on the disks hold; 0 for nothing that is known */
	char directory[64];
	unsigned char bytes[LARGEST], found[LARGEST + 1];
};

/* Shared by all workers, set before they start. */
extern bool memory_is_low;
extern struct worker workers[MOST_WORKERS];
extern int worker_count;
extern int token_pipe[2];

/* A number below the limit. */
static inline uint64_t
below(struct worker *worker, uint64_t limit)
{
	return (next_random(&worker->random) >> 11) % limit;
}

/* Judges the answer of a call: true when it succeeded, false when it failed in a way that was to be expected. */
bool judge(const char *file, int line, const char *what, long long value, const int *expected);

#define WENT(call, ...) judge(__FILE__, __LINE__, #call, (long long)(call), \
	(const int[]){ __VA_ARGS__ __VA_OPT__(,) 0 })

/* The actions. Each leaves the worker as it found it, but for what its model says. */
void make_own_files(struct worker *);
void check_own_files(struct worker *);
void change_own_file(struct worker *);
void link_own_file(struct worker *);
void fill_own_directory(struct worker *);
void change_shared_names(struct worker *);
void use_unlinked_file(struct worker *);
void take_much_room(struct worker *);

void pass_token(struct worker *);
void move_through_pipe(struct worker *);
void duplicate_descriptors(struct worker *);
void send_signal_to_self(struct worker *);
void disturb_by_signal(struct worker *);
void wait_for_timer(struct worker *);
void use_semaphore(struct worker *);
void change_lwps(struct worker *);
void make_process(struct worker *);
void sleep_shortly(struct worker *);

void make_locked_files(void);
void count_under_record_lock(struct worker *);
void count_under_file_lock(struct worker *);
void poll_pipe(struct worker *);
void queue_events(struct worker *);

void make_disks(void);
void use_disk(struct worker *);
void configure_disk(struct worker *);
void mount_and_unmount(struct worker *);
void remove_disks(void);

#endif
