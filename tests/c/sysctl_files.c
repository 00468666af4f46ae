/* needs: vfs */
/* kern.file2 lists open files, each once or by process. */
#include "check.h"
#include "sysctl.h"

enum { SIZE = 120, BY_FILE = 1, BY_PROCESS = 2, MOST = 64 };

struct file {
	uint64_t address;
	uint32_t status, internal, kind, references, messages, users;
	uint64_t credentials;
	uint32_t user, group;
	uint64_t operations, offset, data, object, size;
	uint32_t vnode_kind, vnode_tag;
	uint64_t vnode_data;
	uint32_t process;
	int32_t number;
	uint32_t close_on_exec, pad;
};

_Static_assert(sizeof(struct file) == SIZE, "kinfo_file");

static struct file files[MOST];

static unsigned
list(int which, int argument)
{
	size_t size = sizeof files;

	memset(files, 0xa5, sizeof files);
	OK(rump_sys___sysctl(NAME(N_CTL_KERN, 77, which, argument, SIZE, MOST), files, &size, NULL, 0));
	HOLDS(size % SIZE == 0);
	return (unsigned)(size / SIZE);
}

static const struct file *
find(unsigned count, int number)
{
	for (unsigned i = 0; i < count; i++)
		if (files[i].number == number)
			return &files[i];
	check_fail(__FILE__, __LINE__, "there is no descriptor %d", number);
}

int
main(void)
{
	int ends[2];
	size_t size, less;

	boot();
	/* The console's would be counted. */
	for (int console = 0; console < 3; console++)
		OK(rump_sys_close(console));
	new_process();
	make_file("/file", "0123456789", 10);
	new_process_of(1000, 2000);
	int own = rump_sys_getpid();
	EQUAL(list(BY_PROCESS, own), 0);
	int file = OK(rump_sys_open("/file", RUMP_O_RDONLY));
	int directory = OK(rump_sys_open("/", RUMP_O_RDONLY));
	int device = OK(rump_sys_open("/dev/null", RUMP_O_RDWR | RUMP_O_CLOEXEC));
	OK(rump_sys_pipe2(ends, RUMP_O_NONBLOCK));
	int queue = OK(rump_sys_kqueue());
	int again = OK(rump_sys_dup(file));
	OK(rump_sys_lseek(file, 7, 0));

	unsigned count = list(BY_PROCESS, own);
	EQUAL(count, 7);
	const struct file *found = find(count, file);
	EQUAL(found->kind, 1);
	EQUAL(found->status, 1);
	EQUAL(found->references, 2);
	EQUAL(found->user, 1000);
	EQUAL(found->group, 2000);
	EQUAL(found->offset, 7);
	EQUAL(found->size, 10);
	EQUAL(found->vnode_kind, 1);
	EQUAL(found->process, own);
	EQUAL(found->close_on_exec, 0);
	EQUAL(found->address | found->data | found->operations, 0);
	EQUAL(find(count, again)->offset, 7);
	EQUAL(find(count, directory)->vnode_kind, 2);
	EQUAL(find(count, device)->vnode_kind, 4);
	EQUAL(find(count, device)->close_on_exec, 1);
	EQUAL(find(count, device)->status, 3);
	EQUAL(find(count, ends[0])->kind, 3);
	EQUAL(find(count, ends[0])->status, 1 | 4);
	EQUAL(find(count, ends[1])->status, 2 | 4);
	EQUAL(find(count, queue)->kind, 4);

	/* A child has them too; each file once is fewer. But queues are not inherited. */
	new_process();
	int child = rump_sys_getpid();
	EQUAL(list(BY_PROCESS, child), 6);
	EQUAL(list(BY_PROCESS, own), 7);
	EQUAL(list(BY_PROCESS, -1), 13);
	EQUAL(list(BY_FILE, 0), 6);
	EQUAL(list(BY_PROCESS, 29999), 0);

	/* Other sizes: of an older structure, of a newer one. */
	static char bytes[MOST * 200];
	size = sizeof bytes;
	OK(rump_sys___sysctl(NAME(N_CTL_KERN, 77, BY_FILE, 0, 24, MOST), bytes, &size, NULL, 0));
	EQUAL(size, 6 * 24);
	size = sizeof bytes;
	memset(bytes, 0xa5, sizeof bytes);
	OK(rump_sys___sysctl(NAME(N_CTL_KERN, 77, BY_FILE, 0, 200, MOST), bytes, &size, NULL, 0));
	EQUAL(size, 6 * 200);
	ALL(bytes + SIZE, 0, 200 - SIZE);

	size = 0;
	OK(rump_sys___sysctl(NAME(N_CTL_KERN, 77, BY_FILE, 0, SIZE, 0), NULL, &size, NULL, 0));
	EQUAL(size, 16 * SIZE);
	less = 3 * SIZE;
	FAILS(rump_sys___sysctl(NAME(N_CTL_KERN, 77, BY_FILE, 0, SIZE, MOST), files, &less, NULL, 0), RUMP_ENOMEM);
	size = sizeof files;
	FAILS(rump_sys___sysctl(NAME(N_CTL_KERN, 77, BY_FILE, 0, SIZE, 5), files, &size, NULL, 0), RUMP_ENOMEM);
	static const int bad[][4] = {
		{ BY_FILE, 1, SIZE, MOST }, { BY_PROCESS, -2, SIZE, MOST }, { 0, 0, SIZE, MOST }, { 3, 0, SIZE, MOST },
		{ BY_FILE, 0, 0, MOST }, { BY_FILE, 0, -1, MOST }, { BY_FILE, 0, INT32_MAX, MOST }, { BY_FILE, 0, SIZE, -1 },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		size = sizeof files;
		FAILS(rump_sys___sysctl(NAME(N_CTL_KERN, 77, bad[i][0], bad[i][1], bad[i][2], bad[i][3]), files, &size,
		    NULL, 0), RUMP_EINVAL);
	}
	FAILS(rump_sys___sysctl(NAME(N_CTL_KERN, 77, BY_FILE, 0, SIZE), files, &size, NULL, 0), RUMP_EINVAL);
	return 0;
}
