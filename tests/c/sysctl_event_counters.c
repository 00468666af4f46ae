/* needs: vfs */
/* kern.evcnt lists event counters, of one kind or all, and those that count something or all. What happens is counted. */
#include "check.h"
#include "sysctl.h"
#include <fcntl.h>

enum { ANY_KIND = -1, MISCELLANEOUS, INTERRUPT, TRAP, HEAD = 28, NAMES = 4097 };

struct counter {
	uint64_t count, address, parent;
	uint8_t kind, group_length, name_length, words;
	char strings[];
};

static union {
	uint64_t words[8192];
	char bytes[65536];
} list;
static size_t size;

static void
get(int kind, int without_zero)
{
	memset(&list, 0xa5, sizeof list);
	size = sizeof list;
	OK(rump_sys___sysctl(NAME(N_CTL_KERN, 84, kind, without_zero), &list, &size, NULL, 0));
}

/* Checks the whole list; the counter of that name, or NULL. */
static const struct counter *
find(const char *group, const char *name)
{
	const struct counter *found = NULL;

	HOLDS(size % sizeof(uint64_t) == 0);
	for (size_t at = 0; at < size;) {
		const struct counter *counter = (const void *)(list.bytes + at);
		size_t used = HEAD + counter->group_length + 1u + counter->name_length + 1u;

		HOLDS(counter->group_length != 0 && counter->name_length != 0);
		EQUAL(counter->words, (used + 7) / 8);
		EQUAL(strlen(counter->strings), counter->group_length);
		EQUAL(strlen(counter->strings + counter->group_length + 1), counter->name_length);
		EQUAL(counter->address | counter->parent, 0);
		HOLDS(counter->kind <= TRAP);
		if (strcmp(counter->strings, group) == 0 &&
		    strcmp(counter->strings + counter->group_length + 1, name) == 0) {
			HOLDS(found == NULL);
			found = counter;
		}
		at += counter->words * sizeof(uint64_t);
		HOLDS(at <= size);
	}
	return found;
}

static uint64_t
count_of(const char *group, const char *name)
{
	get(ANY_KIND, 0);
	const struct counter *counter = find(group, name);
	HOLDS(counter != NULL);
	uint64_t count = counter->count;

	/* Those that are zero are left out of the other list. */
	get(MISCELLANEOUS, 1);
	counter = find(group, name);
	EQUAL(counter == NULL ? 0 : counter->count, count);
	return count;
}

static void
arguments(void)
{
	size_t asked = 0, room, whole;
	char byte = 1;

	get(ANY_KIND, 0);
	HOLDS(size > 0);
	whole = size;
	OK(rump_sys___sysctl(NAME(N_CTL_KERN, 84, ANY_KIND, 0), NULL, &asked, NULL, 0));
	HOLDS(asked > whole);
	room = whole - 1;
	FAILS(rump_sys___sysctl(NAME(N_CTL_KERN, 84, ANY_KIND, 0), &list, &room, NULL, 0), RUMP_ENOMEM);
	EQUAL(room, whole);
	get(INTERRUPT, 0);
	EQUAL(size, 0);
	get(TRAP, 1);
	EQUAL(size, 0);
	room = sizeof list;
	FAILS(rump_sys___sysctl(NAME(N_CTL_KERN, 84), &list, &room, NULL, 0), RUMP_EINVAL);
	FAILS(rump_sys___sysctl(NAME(N_CTL_KERN, 84, 0), &list, &room, NULL, 0), RUMP_EINVAL);
	FAILS(rump_sys___sysctl(NAME(N_CTL_KERN, 84, 0, 0, 0), &list, &room, NULL, 0), RUMP_EINVAL);
	FAILS(rump_sys___sysctl(NAME(N_CTL_KERN, 84, -2, 0), &list, &room, NULL, 0), RUMP_EINVAL);
	FAILS(rump_sys___sysctl(NAME(N_CTL_KERN, 84, 3, 0), &list, &room, NULL, 0), RUMP_EINVAL);
	FAILS(rump_sys___sysctl(NAME(N_CTL_KERN, 84, 0, 2), &list, &room, NULL, 0), RUMP_EINVAL);
	FAILS(rump_sys___sysctl(NAME(N_CTL_KERN, 84, 0, -1), &list, &room, NULL, 0), RUMP_EINVAL);
	FAILS(rump_sys___sysctl(NAME(N_CTL_KERN, 84, N_CTL_QUERY), &list, &room, NULL, 0), RUMP_ENOTDIR);
	FAILS(rump_sys___sysctl(NAME(N_CTL_KERN, 84, 0, 0), NULL, NULL, &byte, 1), RUMP_EPERM);
}

static void
transfers(void)
{
	static char block[8192];
	int host = open("disk", O_CREAT | O_RDWR, 0600);

	HOLDS(host != -1);
	EQUAL(ftruncate(host, 1 << 20), 0);
	EQUAL(rump_pub_etfs_register("/disk", "disk", RUMP_ETFS_BLK), 0);
	EQUAL(count_of("rumpblk", "I/O reqs"), 0);
	int disk = OK(rump_sys_open("/disk", RUMP_O_RDWR));
	EQUAL(OK(rump_sys_pwrite(disk, block, sizeof block, 4096)), sizeof block);
	EQUAL(OK(rump_sys_pread(disk, block, 512, 0)), 512);
	EQUAL(count_of("rumpblk", "I/O reqs"), 2);
	EQUAL(count_of("rumpblk", "bytes written"), sizeof block);
	EQUAL(count_of("rumpblk", "bytes read"), 512);
	OK(rump_sys_close(disk));
	EQUAL(close(host), 0);
}

/* A directory of the host remembers some names that it does not have, and forgets them all at once. */
static void
names(void)
{
	char name[64];

	EQUAL(rump_pub_etfs_register("/host", ".", RUMP_ETFS_DIR), 0);
	/* It remembers while it is in use. */
	OK(rump_sys_chdir("/host"));
	for (int i = 0; i < NAMES - 1; i++) {
		snprintf(name, sizeof name, "absent%d", i);
		HOLDS(!exists(name));
	}
	EQUAL(count_of("namecache", "forced reclaims"), 0);
	HOLDS(!exists("absent"));
	EQUAL(count_of("namecache", "forced reclaims"), 1);
	EQUAL(count_of("namecache", "entries collected"), NAMES - 1);
	OK(rump_sys_chdir("/"));
}

/* A timer has run out, and nobody can run what it calls: the only virtual CPU is held. */
static void
lateness(void)
{
	struct { struct { int64_t seconds; int32_t microseconds, pad; } interval, value; } soon = { .value = { .microseconds = 5000 } };
	uint64_t before = count_of("callout", "late/0");

	/* A busy host may have the timer run out before the virtual CPU is held. */
	for (int i = 0; i < 100 && count_of("callout", "late/0") == before; i++) {
		OK(rump_sys_setitimer(0, (void *)&soon, NULL));
		rump_schedule();
		pause_milliseconds(60);
		rump_unschedule();
		pause_milliseconds(20);
	}
	HOLDS(count_of("callout", "late/0") > before);
}

int
main(void)
{
	setenv("RUMP_NCPU", "1", 1);
	rump_boot_setsigmodel(RUMP_SIGMODEL_IGNORE);
	boot();
	new_process();
	arguments();
	EQUAL(count_of("crosscall", "broadcast"), 0);
	transfers();
	names();
	lateness();
	return 0;
}
