/* needs: */
/* Threads that create, destroy, read and walk at once. */
#include "check.h"
#include "sysctl.h"

#define THREADS 6
#define ROUNDS rounds(300, 20)

static void *
work(void *argument)
{
	int id = (int)(intptr_t)argument;
	Node node = { .sysctl_flags = N_SYSCTL_VERSION | N_CTLTYPE_QUAD | N_CTLFLAG_OWNDATA | N_CTLFLAG_READWRITE };
	static Node all[256];
	Node mine[256], query = { .sysctl_flags = N_SYSCTL_VERSION };
	uint64_t value = (uint64_t)id << 32;

	(void)all;
	for (int round = 0; round < ROUNDS; round++) {
		Node created;
		size_t size = sizeof created;

		snprintf(node.sysctl_name, sizeof node.sysctl_name, "t%d-%d", id, round % 3);
		node.sysctl_num = N_CTL_CREATE;
		node.sysctl_un.data = (uint64_t)(uintptr_t)&value;
		OK(rump_sys___sysctl(NAME(N_CTL_VENDOR, N_CTL_CREATE), &created, &size, &node, sizeof node));
		uint64_t read = 0;
		size = sizeof read;
		OK(rump_sys___sysctl(NAME(N_CTL_VENDOR, created.sysctl_num), &read, &size, NULL, 0));
		EQUAL(read, value);
		value++;
		size = sizeof mine;
		OK(rump_sys___sysctl(NAME(N_CTL_VENDOR, N_CTL_QUERY), mine, &size, &query, sizeof query));
		HOLDS(size % sizeof query == 0);
		bool found = false;
		for (size_t i = 0; i < size / sizeof query; i++)
			found = found || mine[i].sysctl_num == created.sysctl_num;
		HOLDS(found);
		created.sysctl_ver = 0;
		OK(rump_sys___sysctl(NAME(N_CTL_VENDOR, N_CTL_DESTROY), NULL, NULL, &created, sizeof created));
	}
	return NULL;
}

int
main(void)
{
	pthread_t threads[THREADS];
	Node query = { .sysctl_flags = N_SYSCTL_VERSION };
	size_t size = 0;

	boot();
	for (intptr_t i = 0; i < THREADS; i++)
		threads[i] = start_thread(work, (void *)i);
	for (int i = 0; i < THREADS; i++)
		join_thread(threads[i]);
	OK(rump_sys___sysctl(NAME(N_CTL_VENDOR, N_CTL_QUERY), NULL, &size, &query, sizeof query));
	EQUAL(size, 0);
	return 0;
}
