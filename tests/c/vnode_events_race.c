/* needs: fs_ffs fs_tmpfs vfs */
/* formats: tmpfs ufs2le */
/* Knotes that come and go while their file changes, and buffers of several threads to one file. */
#include "vnode_test.h"

#include "buffers.h"
#include "events.h"

enum { WRITERS = 3, ROUNDS = 150, WATCHES = 600, SIZE = 65536 };

static struct vnode *file;
static size_t block;

static void
count_down(struct buf *buffer)
{
	__atomic_fetch_sub((int *)buffer->b_private, 1, __ATOMIC_ACQ_REL);
}

/* Each has blocks of its own, and finds in them what it wrote. */
static void *
writer(void *argument)
{
	int number = (int)(intptr_t)argument, pending;
	char *mine = malloc(block), *found = malloc(block);

	new_process();
	HOLDS(mine != NULL && found != NULL);
	for (int i = 0; i < ROUNDS; i++) {
		off_t at = (off_t)(block * (size_t)number);
		int64_t place = is_ffs() ? number : at / RUMP_DEV_BSIZE;
		struct buf buffer = buffer_for(RUMP_B_ASYNC, mine, block, place);

		pending = 1;
		buffer.b_private = &pending;
		buffer.b_iodone = count_down;
		memset(mine, number * 50 + i, block);
		EQUAL(RUMP_VOP_STRATEGY(file, &buffer), 0);
		while (__atomic_load_n(&pending, __ATOMIC_ACQUIRE) != 0)
			sched_yield();
		buffer = buffer_for(RUMP_B_READ, found, block, place);
		buffer.b_iodone = NULL;
		EQUAL(RUMP_VOP_STRATEGY(file, &buffer), 0);
		SAME(found, mine, block);
	}
	free(mine);
	free(found);
	rump_pub_lwproc_releaselwp();
	return NULL;
}

static void *
watcher(void *argument)
{
	struct knote *knotes = calloc(WATCHES, sizeof *knotes);
	int seen = 0;

	(void)argument;
	new_process();
	HOLDS(knotes != NULL);
	for (int i = 0; i < WATCHES; i++) {
		struct knote *knote = &knotes[i];

		knote->kn_kevent.filter = i % 2 == 0 ? RUMP_EVFILT_VNODE : RUMP_EVFILT_READ;
		knote->kn_sfflags = RUMP_NOTE_WRITE | RUMP_NOTE_EXTEND;
		EQUAL(RUMP_VOP_KQFILTER(file, knote), 0);
		for (int look = 0; look < 20; look++)
			seen += knote->kn_fop->f_event(knote, 0);
		knote->kn_fop->f_detach(knote);
		memset(knote, 0x5a, sizeof *knote);
	}
	/* Nobody has touched one that was detached. */
	ALL(knotes, 0x5a, WATCHES * sizeof *knotes);
	free(knotes);
	HOLDS(seen > 0);
	rump_pub_lwproc_releaselwp();
	return NULL;
}

static void
test(struct vnode *root)
{
	static char bytes[SIZE];
	pthread_t threads[WRITERS], watchers[2];
	size_t done;

	file = make(root, "file", VREG);
	block = (size_t)attributes_of(file).va_blocksize;
	HOLDS(block * WRITERS <= SIZE);
	EQUAL(write_at(file, bytes, SIZE, 0, &done), 0);
	/* A queue that watches, too, and is told before the knotes are: telling it takes a while. */
	int queue = OK(rump_sys_kqueue()), descriptor = OK(rump_sys_open("file", RUMP_O_RDWR));
	OK(change(queue, descriptor, N_EVFILT_VNODE, N_EV_ADD | N_EV_CLEAR, N_NOTE_WRITE, 0));
	for (int i = 0; i < 2; i++)
		watchers[i] = start_thread(watcher, NULL);
	for (int i = 0; i < WRITERS; i++)
		threads[i] = start_thread(writer, (void *)(intptr_t)i);
	for (int i = 0; i < WRITERS; i++)
		EQUAL(pthread_join(threads[i], NULL), 0);
	for (int i = 0; i < 2; i++)
		EQUAL(pthread_join(watchers[i], NULL), 0);
	EQUAL(one_event(queue).fflags, N_NOTE_WRITE);
	OK(rump_sys_close(queue));
	OK(rump_sys_close(descriptor));
	EQUAL(attributes_of(file).va_size, SIZE);
	rump_pub_vp_rele(file);
}
