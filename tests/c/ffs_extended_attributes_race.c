/* needs: fs_ffs vfs */
/* formats: ufs1le ufs1be */
/* Threads that set, read, list and remove the same attributes while files, backing files and all attributes come and go: a value
 * is one that somebody has set, as a whole, and in the end everything is in order. */
#include "backing_file.h"

#define THREADS 6
#define ROUNDS 60
#define SIZE 700

/* A value tells its length by its bytes. */
static size_t
make_value(char *value, uint64_t *random)
{
	size_t length = 1 + next_random(random) % (SIZE - 1);

	memset(value, (int)(length % 251), length);
	return length;
}

static void
check_value(const char *value, size_t length)
{
	ALL(value, length % 251, length);
}

static void
may_be(long long result)
{
	if (result == -1 && errno != RUMP_ENODATA && errno != RUMP_ENOENT && errno != RUMP_EEXIST && errno != RUMP_EOPNOTSUPP)
		check_fail(__FILE__, __LINE__, "unexpected: %s", rump_strerror(errno));
}

static void
with_attribute(const char *path, const char *name, uint64_t *random)
{
	char value[SIZE];
	long long length;

	switch (next_random(random) % 6) {
	case 0:
	case 1:
		length = (long long)make_value(value, random);
		may_be(rump_sys_extattr_set_file(path, USER, name, value, (size_t)length));
		break;
	case 2:
		may_be(rump_sys_extattr_delete_file(path, USER, name));
		break;
	case 3:
		length = rump_sys_extattr_list_file(path, USER, value, sizeof value);
		may_be(length);
		break;
	default:
		length = rump_sys_extattr_get_file(path, USER, name, value, sizeof value);
		may_be(length);
		if (length != -1)
			check_value(value, (size_t)length);
	}
}

static void
disturb(const char *path, uint64_t *random)
{
	switch (next_random(random) % 12) {
	case 0:
	case 1:
	case 2:
		may_be(rump_sys_unlink(path));
		break;
	case 3:
		may_be(rump_sys_extattrctl("/m", ATTRIBUTE_DISABLE, NULL, USER, "a"));
		break;
	case 4:
	case 5:
		may_be(rump_sys_extattrctl("/m", ATTRIBUTE_ENABLE, "/m/.attribute/user/a", USER, "a"));
		break;
	case 6:
		rump_sys_sync();
		break;
	case 7:
		may_be(stop_attributes());
		break;
	default:
		if (start_attributes() == -1)
			EQUAL(errno, RUMP_EBUSY);
	}
}

static void *
work(void *argument)
{
	uint64_t number = (uintptr_t)argument, random = number * 99 + 1;
	char path[32], own[32], value[SIZE], found[SIZE];

	snprintf(own, sizeof own, "/m/own-%d", (int)number);
	make_file(own, "x", 1);
	for (int round = 0; round < ROUNDS; round++) {
		snprintf(path, sizeof path, "/m/shared-%d", (int)(next_random(&random) % 3));
		int file = rump_sys_open(path, RUMP_O_CREAT | RUMP_O_RDWR, 0666);
		may_be(file);
		if (file != -1)
			OK(rump_sys_close(file));
		with_attribute(path, next_random(&random) % 2 ? "a" : "b", &random);
		if (round % 4 == 0)
			disturb(path, &random);
		/* Attributes of its own file, which are made in passing by all threads at once. */
		size_t length = make_value(value, &random);
		int set = rump_sys_extattr_set_file(own, USER, "made", value, length);
		may_be(set);
		if (set != -1) {
			long long got = rump_sys_extattr_get_file(own, USER, "made", found, sizeof found);
			may_be(got);
			if (got != -1) {
				EQUAL(got, length);
				check_value(found, length);
			}
		}
		/* Attributes of a backing file, held by the same or the other one. */
		with_attribute("/m/.attribute/user/b", next_random(&random) % 2 ? "a" : "b", &random);
	}
	return NULL;
}

int
main(int count, char **arguments)
{
	pthread_t threads[THREADS];

	boot_in_ffs(count, arguments, "8m", "density=4096");
	make_directories();
	make_backing_file(".attribute/user/a", LITTLE, SIZE);
	make_backing_file(".attribute/user/b", BIG, SIZE);
	OK(start_attributes());
	for (uintptr_t number = 0; number < THREADS; number++)
		EQUAL(pthread_create(&threads[number], NULL, work, (void *)number), 0);
	for (int number = 0; number < THREADS; number++)
		EQUAL(pthread_join(threads[number], NULL), 0);
	unmount_image();
	mount_image(RUMP_MNT_EXTATTR);
	for (int number = 0; number < THREADS; number++) {
		char path[32], value[SIZE];

		snprintf(path, sizeof path, "/m/own-%d", number);
		ssize_t length = rump_sys_extattr_get_file(path, USER, "made", value, sizeof value);
		may_be(length);
		if (length != -1)
			check_value(value, (size_t)length);
	}
	unmount_image();
	return 0;
}
