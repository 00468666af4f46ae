/* needs: dev_rnd dev vfs */
/* Random devices say how much they have given and what they have it from; only the superuser may ask for more than that. */
#include "disk.h"

struct source {
	char name[16];
	uint32_t total, kind, flags;
};

struct sources {
	uint32_t start, count;
	struct source source[10];
};

struct named_source {
	char name[16];
	struct source source;
};

struct estimate {
	struct source source;
	uint32_t counts[4];
};

struct estimates {
	uint32_t start, count;
	struct estimate estimate[10];
};

struct added {
	uint32_t length, bits;
	unsigned char data[512];
};

struct change {
	char name[16];
	uint32_t kind, flags, mask;
};

struct pool {
	uint32_t size, threshold, most, added, current, removed, discarded, generated;
};

#define N_RNDGETENTCNT	_RUMP_IOR('R', 101, uint32_t)
#define N_RNDGETSRCNUM	_RUMP_IOWR('R', 102, struct sources)
#define N_RNDGETSRCNAME	_RUMP_IOWR('R', 103, struct named_source)
#define N_RNDCTL	_RUMP_IOW('R', 104, struct change)
#define N_RNDADDDATA	_RUMP_IOW('R', 105, struct added)
#define N_RNDGETPOOLSTAT _RUMP_IOR('R', 106, struct pool)
#define N_RNDGETESTNUM	_RUMP_IOWR('R', 107, struct estimates)

static uint32_t
total(int device)
{
	struct sources sources = { .count = 10 };

	OK(rump_sys_ioctl(device, N_RNDGETSRCNUM, &sources));
	EQUAL(sources.count, 1);
	EQUAL(strcmp(sources.source[0].name, "host"), 0);
	EQUAL(sources.source[0].kind, 5);
	return sources.source[0].total;
}

int
main(void)
{
	static struct added added = { .length = 64, .bits = 10000 };
	struct change change = { .name = "host", .kind = 0xff };
	struct named_source named = { .name = "host" };
	struct sources sources = { .count = 11 };
	struct estimates estimates = { .count = 1 };
	struct pool before, after;
	unsigned char bytes[1000];
	uint32_t bits = 0;

	boot();
	int random = open_disk("/dev/random"), urandom = open_disk("/dev/urandom");
	OK(rump_sys_ioctl(random, N_RNDGETENTCNT, &bits));
	EQUAL(bits, 4096);
	uint32_t start = total(random);
	EQUAL(OK(rump_sys_read(urandom, bytes, sizeof bytes)), sizeof bytes);
	EQUAL(total(random), start + 8000);
	EQUAL(OK(rump_sys_read(random, bytes, 10)), 10);
	EQUAL(total(urandom), start + 8080);

	OK(rump_sys_ioctl(random, N_RNDGETPOOLSTAT, &before));
	OK(rump_sys_ioctl(random, N_RNDADDDATA, &added));
	OK(rump_sys_ioctl(random, N_RNDGETPOOLSTAT, &after));
	EQUAL(after.added - before.added, 512);
	EQUAL(after.discarded - before.discarded, 512);
	EQUAL(after.removed, start + 8080);
	EQUAL(after.current, after.most);
	added.length = 513;
	FAILS(rump_sys_ioctl(random, N_RNDADDDATA, &added), RUMP_EINVAL);

	FAILS(rump_sys_ioctl(random, N_RNDGETSRCNUM, &sources), RUMP_EINVAL);
	sources = (struct sources) { .start = 1, .count = 3 };
	OK(rump_sys_ioctl(random, N_RNDGETSRCNUM, &sources));
	EQUAL(sources.count, 0);
	OK(rump_sys_ioctl(random, N_RNDGETESTNUM, &estimates));
	EQUAL(estimates.estimate[0].source.total, start + 8080);
	OK(rump_sys_ioctl(random, N_RNDGETSRCNAME, &named));
	EQUAL(named.source.total, start + 8080);
	strcpy(named.name, "hos");
	FAILS(rump_sys_ioctl(random, N_RNDGETSRCNAME, &named), RUMP_ENOENT);
	change.flags = named.source.flags;
	change.mask = 0x300;
	OK(rump_sys_ioctl(random, N_RNDCTL, &change));
	change.flags ^= 0x200;
	FAILS(rump_sys_ioctl(random, N_RNDCTL, &change), RUMP_EOPNOTSUPP);
	strcpy(change.name, "tape0");
	FAILS(rump_sys_ioctl(random, N_RNDCTL, &change), RUMP_ENOENT);

	OK(rump_sys_setuid(100));
	OK(rump_sys_ioctl(urandom, N_RNDGETENTCNT, &bits));
	FAILS(rump_sys_ioctl(urandom, N_RNDGETPOOLSTAT, &after), RUMP_EPERM);
	FAILS(rump_sys_ioctl(urandom, N_RNDADDDATA, &added), RUMP_EPERM);
	FAILS(rump_sys_ioctl(urandom, N_RNDCTL, &change), RUMP_EPERM);
	FAILS(rump_sys_ioctl(urandom, _RUMP_IO('R', 99), NULL), RUMP_ENOTTY);
	return 0;
}
