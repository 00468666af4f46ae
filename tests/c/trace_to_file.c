/* needs: fs_tmpfs vfs */
/* ktrace records calls, their results, paths and data to a file, for as long as it is told to; utrace adds the program's own. */
#define _GNU_SOURCE
#include "check.h"

struct header {
	int32_t length;
	int16_t kind, version;
	int32_t process;
	char command[17], pad[3];
	int64_t seconds, nanoseconds;
	int32_t lwp, pad2;
};

enum { SYSCALL = 1, SYSRET, NAMEI, GENIO, USER = 8 };
#define POINTS (1 << SYSCALL | 1 << SYSRET | 1 << NAMEI | 1 << GENIO | 1 << USER | 2 << 24)

static char trace[65536];
static ssize_t trace_length;

/* Finds a record of that kind whose payload holds these bytes. */
static const struct header *
find(int kind, const void *bytes, size_t length)
{
	for (ssize_t at = 0; at < trace_length;) {
		const struct header *header = (const void *)(trace + at);

		HOLDS(at + (ssize_t)sizeof *header + header->length <= trace_length);
		const char *payload = trace + at + sizeof *header;
		if (header->kind == kind && memmem(payload, (size_t)header->length, bytes, length) != NULL)
			return header;
		at += (ssize_t)sizeof *header + header->length;
	}
	return NULL;
}

static void
read_trace(void)
{
	int file = OK(rump_sys_open("trace", RUMP_O_RDONLY));

	trace_length = OK(rump_sys_read(file, trace, sizeof trace));
	OK(rump_sys_close(file));
}

int
main(void)
{
	EQUAL(sizeof(struct header), 56);
	boot_in_tmpfs();
	make_empty("trace");
	new_process();
	FAILS(rump_sys_ktrace("trace", 0, 0, rump_sys_getpid()), RUMP_EINVAL);
	FAILS(rump_sys_ktrace("none", 0, POINTS, rump_sys_getpid()), RUMP_ENOENT);
	FAILS(rump_sys_ktrace(".", 0, POINTS, rump_sys_getpid()), RUMP_EACCES);
	FAILS(rump_sys_ktrace("trace", 0, POINTS, 29999), RUMP_ESRCH);
	OK(rump_sys_ktrace("trace", 0, POINTS, rump_sys_getpid()));
	make_file("written", "some-data", 9);
	FAILS(rump_sys_open("missing-path", RUMP_O_RDONLY), RUMP_ENOENT);
	OK(rump_sys_utrace("my-label", (void *)"my-bytes", 8));
	OK(rump_sys_ktrace(NULL, 1, POINTS, rump_sys_getpid()));
	make_file("after", "unseen", 6);
	read_trace();
	const struct header *header = find(NAMEI, "missing-path", 12);
	HOLDS(header != NULL);
	EQUAL(header->process, rump_sys_getpid());
	EQUAL(header->version, 2);
	HOLDS(header->seconds > 1000000000 && header->nanoseconds < 1000000000);
	HOLDS(find(GENIO, "some-data", 9) != NULL);
	HOLDS(find(USER, "my-label", 8) != NULL);
	HOLDS(find(USER, "my-bytes", 8) != NULL);
	int32_t open_call = 5, no_entry = RUMP_ENOENT;
	HOLDS(find(SYSCALL, &open_call, sizeof open_call) != NULL);
	HOLDS(find(SYSRET, &no_entry, sizeof no_entry) != NULL);
	HOLDS(find(GENIO, "unseen", 6) == NULL);
	HOLDS(find(NAMEI, "after", 5) == NULL);

	/* By descriptor; inherited where that is asked for; all of a file stopped at once. */
	int file = OK(rump_sys_open("trace", RUMP_O_WRONLY | RUMP_O_TRUNC));
	OK(rump_sys_fktrace(file, 0, POINTS | 0x40000000, rump_sys_getpid()));
	new_process();
	make_file("by-child", "x", 1);
	OK(rump_sys_fktrace(file, 2, POINTS, 0));
	make_file("unseen", "x", 1);
	read_trace();
	header = find(NAMEI, "by-child", 8);
	HOLDS(header != NULL);
	EQUAL(header->process, rump_sys_getpid());
	HOLDS(find(NAMEI, "unseen", 6) == NULL);
	return 0;
}
