/* needs: fs_ffs vfs */
/* formats: ufs1be ufs2le */
/* What posix_fadvise says of a file changes what is read from the disk and when; getrusage counts the transfers of who causes them. */
#include "ffs.h"
#include "processor_time.h"

enum { NORMAL, RANDOM, SEQUENTIAL, WILL_NEED, DONT_NEED, CHUNK = 65536, LENGTH = 8 * CHUNK, READS = 7, WRITES = 8 };

static int64_t
transfers(int who, int which)
{
	struct netbsd_usage usage;

	OK(kernel_call(CALL_GETRUSAGE, (uint64_t)who, (uintptr_t)&usage, 0));
	return usage.numbers[which];
}

/* Transfers from the disk that reading one byte takes. */
static int64_t
reads_at(int file, int64_t at)
{
	int64_t before = transfers(OWN_USAGE, READS);
	char byte;

	EQUAL(OK(rump_sys_pread(file, &byte, 1, at)), 1);
	return transfers(OWN_USAGE, READS) - before;
}

static void
advise(int file, int64_t start, int64_t length, int advice)
{
	EQUAL(rump_sys_posix_fadvise(file, start, length, advice), 0);
}

int
main(int count, char **arguments)
{
	boot_in_ffs(count, arguments, "8m", "");
	make_pattern_file("f", LENGTH, 1);
	mount_again();
	struct lwp *parent = new_process();
	int file = OK(rump_sys_open("f", RUMP_O_RDWR)), other = OK(rump_sys_open("f", RUMP_O_RDONLY));
	advise(file, 0, 0, RANDOM);
	advise(other, 0, 0, SEQUENTIAL);

	HOLDS(reads_at(file, LENGTH - 1) > 0);
	EQUAL(reads_at(file, LENGTH - 1), 0);
	HOLDS(reads_at(file, LENGTH - CHUNK) > 0);
	/* Dropped, and read again by one who reads on: what follows is there before anybody asks. */
	advise(file, 0, 0, DONT_NEED);
	HOLDS(reads_at(other, 0) > 0);
	EQUAL(reads_at(file, 2 * CHUNK), 0);
	HOLDS(reads_at(file, LENGTH - 1) > 0);
	advise(file, 5 * CHUNK, 0, WILL_NEED);
	for (int64_t at = 5 * CHUNK; at < LENGTH; at += 4096)
		EQUAL(reads_at(file, at), 0);
	/* What was not written yet is written before it goes. */
	int64_t before = transfers(OWN_USAGE, WRITES);
	static const char mark[CHUNK] = { 'm' };
	EQUAL(OK(rump_sys_pwrite(file, mark, CHUNK, CHUNK)), CHUNK);
	EQUAL(transfers(OWN_USAGE, WRITES), before);
	advise(file, 0, 0, DONT_NEED);
	HOLDS(transfers(OWN_USAGE, WRITES) > before);
	HOLDS(reads_at(file, CHUNK) > 0);
	char byte;
	EQUAL(OK(rump_sys_pread(file, &byte, 1, CHUNK)), 1);
	EQUAL(byte, 'm');
	EQUAL(OK(rump_sys_pread(file, &byte, 1, CHUNK + 1)), 1);
	EQUAL(byte, 0);

	/* A process counts what it causes, and what its children did. */
	EQUAL(transfers(USAGE_OF_CHILDREN, READS), 0);
	struct lwp *child = new_process();
	EQUAL(transfers(OWN_USAGE, READS), 0);
	advise(file, 0, 0, DONT_NEED);
	HOLDS(reads_at(file, 0) > 0);
	int64_t its = transfers(OWN_USAGE, READS);
	HOLDS(its > 0);
	rump_pub_lwproc_switch(parent);
	rump_pub_lwproc_switch(child);
	rump_pub_lwproc_releaselwp();
	rump_pub_lwproc_switch(parent);
	EQUAL(transfers(USAGE_OF_CHILDREN, READS), its);

	OK(rump_sys_close(file));
	OK(rump_sys_close(other));
	OK(rump_sys_chdir("/"));
	rump_pub_lwproc_releaselwp();
	unmount_image();
	return 0;
}
