/* needs: vfs */
/* Memory for C code of the kernel: aligned, within the limit, and waited for where that is wished. */

#include "check.h"

#include <rump/rump_core.h>

#define LIMIT (8ul << 20)
#define PIECE (256 * 1024)

static void *pieces[LIMIT / PIECE + 1];
static volatile int is_waiting, is_done;

static void *
wait_for_memory(void *unused)
{
	(void)unused;
	rump_schedule();
	is_waiting = 1;
	void *memory = rump_hypermalloc(PIECE, 0, true, "memory");
	HOLDS(memory != NULL);
	is_done = 1;
	rump_hyperfree(memory, PIECE);
	rump_unschedule();
	return NULL;
}

static void
check_alignments(void)
{
	for (int alignment = 1; alignment <= 65536; alignment *= 2) {
		char *memory = rump_hypermalloc(1000, alignment, false, "check");
		HOLDS(memory != NULL && (uintptr_t)memory % (unsigned)alignment == 0);
		memset(memory, 0xa5, 1000);
		rump_hyperfree(memory, 1000);
	}
	HOLDS(rump_hypermalloc(1000, 3, false, "check") == NULL);
	HOLDS(rump_hypermalloc(1000, -8, false, "check") == NULL);
	rump_hyperfree(NULL, 0);
}

int
main(void)
{
	pthread_t waiter;
	int count = 0;

	EQUAL(rump_physmemlimit, RUMPMEM_UNLIMITED);
	setenv("RUMP_MEMLIMIT", "8m", 1);
	OK(rump_init());
	EQUAL(rump_physmemlimit, LIMIT);
	rump_schedule();
	check_alignments();

	while ((pieces[count] = rump_hypermalloc(PIECE, 4096, false, "check")) != NULL)
		count++;
	HOLDS(count > 4 && (unsigned long)count < LIMIT / PIECE);
	/* What the limit cannot hold at all is not waited for. */
	HOLDS(rump_hypermalloc(LIMIT + 1, 0, true, "check") == NULL);
	HOLDS(rump_hypermalloc(SIZE_MAX, 0, true, "check") == NULL);
	rump_unschedule();

	EQUAL(pthread_create(&waiter, NULL, wait_for_memory, NULL), 0);
	while (!is_waiting)
		rump_sys_nanosleep(&(struct timespec){ 0, 1000000 }, NULL);
	EQUAL(is_done, 0);
	rump_schedule();
	while (count > 0)
		rump_hyperfree(pieces[--count], PIECE);
	rump_unschedule();
	EQUAL(pthread_join(waiter, NULL), 0);
	EQUAL(is_done, 1);
	return 0;
}
