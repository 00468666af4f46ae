/* needs: */
/* Events come in the order in which they became ready, no more than asked for, and those left come next. */
#include "events.h"

enum { COUNT = 50 };

int
main(void)
{
	int readers[COUNT], writers[COUNT];
	int ends[2];
	int queue;
	Event events[COUNT];
	struct rlimit limit = { 1024, 4096 };

	boot();
	(void)rump_sys_setrlimit(N_RLIMIT_NOFILE, &limit);
	queue = OK(rump_sys_kqueue());
	for (int i = 0; i < COUNT; i++) {
		OK(rump_sys_pipe2(ends, 0));
		readers[i] = ends[0];
		writers[i] = ends[1];
		OK(change(queue, ends[0], N_EVFILT_READ, N_EV_ADD, 0, 0));
	}
	for (int i = 0; i < COUNT; i++)
		OK(rump_sys_write(writers[(i * 7) % COUNT], "a", 1));
	EQUAL(events_of(queue, events, 20, 0), 20);
	for (int i = 0; i < 20; i++)
		EQUAL(events[i].ident, readers[(i * 7) % COUNT]);
	/* Those that were reported went to the tail. */
	EQUAL(events_of(queue, events, COUNT, 0), COUNT);
	for (int i = 0; i < COUNT; i++)
		EQUAL(events[i].ident, readers[((i + 20) * 7) % COUNT]);
	EQUAL(descriptor_status(queue).st_size, COUNT);
	return 0;
}
