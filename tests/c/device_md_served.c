/* needs: fs_tmpfs dev_md dev_disk dev vfs */
/* A program's memory is a disk as long as the program stays in the ioctl; a signal takes it away. */
#include "disk.h"
#include "kernel_calls.h"

enum { SIZE = 64 * 1024, SIGNAL = 15 };

static unsigned char memory[SIZE];
static pid_t server;
static volatile bool served;

static void *
serve(void *unused)
{
	struct memory_disk request = { .address = memory, .size = SIZE, .kind = MEMORY_OF_PROGRAM };

	(void)unused;
	new_process();
	int raw = open_disk("/dev/rmd0d");
	server = rump_sys_getpid();
	served = true;
	FAILS(rump_sys_ioctl(raw, N_MD_SETCONF, &request), RUMP_EINTR);
	served = false;
	FAILS(rump_sys_pread(raw, memory, SECTOR, 0), RUMP_ENXIO);
	rump_pub_lwproc_releaselwp();
	return NULL;
}

/* Signals may come before the server sleeps: it gets them until it is gone. */
static void
end(pthread_t thread)
{
	while (served) {
		if (kernel_call(CALL_KILL, (uint64_t)server, SIGNAL, 0) != 0)
			EQUAL(errno, RUMP_ESRCH);
		pause_milliseconds(5);
	}
	join_thread(thread);
}

static pthread_t
begin(int raw)
{
	struct memory_disk found = { .kind = 0 };
	pthread_t thread = start_thread(serve, NULL);

	while (found.kind == 0) {
		OK(rump_sys_ioctl(raw, N_MD_GETCONF, &found));
		pause_milliseconds(1);
	}
	EQUAL(found.kind, MEMORY_OF_PROGRAM);
	EQUAL(found.size, SIZE);
	HOLDS(found.address == NULL);
	return thread;
}

static void
refused(int raw, void *address, size_t size)
{
	struct memory_disk request = { .address = address, .size = size, .kind = MEMORY_OF_PROGRAM };

	FAILS(rump_sys_ioctl(raw, N_MD_SETCONF, &request), RUMP_EINVAL);
}

static volatile bool stop;

/* Reads and writes while servers come and go: all of it, or ENXIO. */
static void *
use(void *unused)
{
	unsigned char bytes[4096];

	(void)unused;
	new_process();
	int raw = open_disk("/dev/rmd0d");
	for (unsigned i = 0; !stop; i++) {
		memset(bytes, (int)i, sizeof bytes);
		off_t place = (off_t)(i % (SIZE / sizeof bytes) * sizeof bytes);
		ssize_t done = i & 1 ? rump_sys_pwrite(raw, bytes, sizeof bytes, place) :
		    rump_sys_pread(raw, bytes, sizeof bytes, place);
		if (done != (ssize_t)sizeof bytes) {
			EQUAL(done, -1);
			EQUAL(errno, RUMP_ENXIO);
		}
	}
	rump_pub_lwproc_releaselwp();
	return NULL;
}

int
main(void)
{
	unsigned char bytes[2 * SECTOR], found[2 * SECTOR];

	rump_boot_setsigmodel(RUMP_SIGMODEL_RECORD);
	setenv("RUMP_NCPU", "1", 1);
	boot();
	new_process();
	int raw = open_disk("/dev/rmd0d");
	refused(raw, (void *)-4096, SIZE);
	refused(raw, memory, SIZE_MAX);
	refused(raw, (void *)0x7ffffffff000, SIZE);
	refused(raw, memory, SECTOR - 1);

	pseudo_random(memory, SIZE, 3);
	pthread_t thread = begin(raw);
	refused(raw, memory, SIZE);
	EQUAL(media_size(raw), SIZE);
	EQUAL(OK(rump_sys_pread(raw, found, sizeof found, 1024)), sizeof found);
	SAME(found, memory + 1024, sizeof found);
	pseudo_random(bytes, sizeof bytes, 4);
	EQUAL(OK(rump_sys_pwrite(raw, bytes, sizeof bytes, SIZE - 1024)), sizeof bytes);
	SAME(memory + SIZE - 1024, bytes, sizeof bytes);
	int block = open_disk("/dev/md0a");
	EQUAL(OK(rump_sys_pread(block, found, 100, 1)), 100);
	SAME(found, memory + 1, 100);
	EQUAL(OK(rump_sys_pread(block, found, 100, SIZE)), 0);
	end(thread);

	/* Nobody serves: there is no disk, also for who has it open. */
	FAILS(rump_sys_pread(raw, found, sizeof found, 0), RUMP_ENXIO);
	FAILS(rump_sys_pwrite(block, found, sizeof found, 0), RUMP_ENXIO);
	struct memory_disk configuration = { .kind = 77 };
	OK(rump_sys_ioctl(raw, N_MD_GETCONF, &configuration));
	EQUAL(configuration.kind, 0);
	OK(rump_sys_close(block));

	/* Again, with others at work. */
	pthread_t users[2];
	for (int i = 0; i < 2; i++)
		users[i] = start_thread(use, NULL);
	for (int i = 0; i < rounds(20, 4); i++) {
		thread = begin(raw);
		end(thread);
	}
	stop = true;
	for (int i = 0; i < 2; i++)
		join_thread(users[i]);

	/* Memory that is nobody's. */
	configure_memory("/dev/rmd0d", SIZE);
	EQUAL(OK(rump_sys_pread(raw, found, sizeof found, 0)), sizeof found);
	return 0;
}
