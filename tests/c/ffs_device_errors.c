/* needs: fs_ffs vfs */
/* formats: ufs1le ufs1be ufs2le ufs2be */
/* A disk that fails now and then: every error reaches a caller, nothing crashes, and what was acknowledged is there. */
#include <sys/mman.h>
#include <sys/wait.h>

#include "ffs.h"

#define FILES 24

/* Shared with the children. */
static struct {
	bool stable[FILES];
	bool unmounted;
	int errors, synchronising, unmounting;
} *result;

static size_t
length_of(int number)
{
	return (size_t)number * 4000 + 1;
}

static void
note(long long value)
{
	if (value == -1) {
		HOLDS(errno == RUMP_EIO || errno == RUMP_ENOENT);
		result->errors++;
	}
}

static void
work(const char *seed)
{
	char path[64];

	setenv("RUMP_BLKFAIL", "400", 1);
	setenv("RUMP_BLKFAIL_SEED", seed, 1);
	boot_with_device("image");
	if (try_mount(DEVICE, "/m", 0) == -1) {
		note(-1);
		return;
	}
	for (int number = 0; number < FILES; number++) {
		unsigned char *bytes = pattern(length_of(number), (uint64_t)number);

		snprintf(path, sizeof path, "/m/f%d", number);
		int file = rump_sys_open(path, RUMP_O_CREAT | RUMP_O_RDWR, 0666);
		note(file);
		if (file == -1)
			continue;
		ssize_t written = rump_sys_write(file, bytes, length_of(number));
		note(written);
		int synchronised = rump_sys_fsync(file);
		note(synchronised);
		/* An error does not stick: what is still in memory is tried again. */
		for (int again = 0; again < 50 && synchronised == -1; again++) {
			result->synchronising++;
			note(synchronised = rump_sys_fsync(file));
		}
		result->stable[number] = written == (ssize_t)length_of(number) && synchronised == 0;
		OK(rump_sys_close(file));
		free(bytes);
	}
	note(rump_sys_mkdir("/m/d", 0755));
	note(rump_sys_rename("/m/f0", "/m/d/f0"));
	note(rump_sys_rename("/m/d/f0", "/m/f0"));
	for (int again = 0; again < 200 && !result->unmounted; again++) {
		result->unmounted = rump_sys_unmount("/m", 0) == 0;
		if (!result->unmounted) {
			result->unmounting++;
			note(-1);
		}
	}
	if (!result->unmounted)
		OK(rump_sys_unmount("/m", RUMP_MNT_FORCE));
}

static void
verify(void)
{
	char path[64];

	boot_with_device("image");
	mount_image(RUMP_MNT_RDONLY);
	for (int number = 0; number < FILES; number++) {
		snprintf(path, sizeof path, number == 0 && !exists("f0") ? "d/f%d" : "f%d", number);
		if (result->stable[number])
			expect_pattern(path, length_of(number), (uint64_t)number);
	}
	unmount_image();
}

static void
in_child(void (*body)(const char *), const char *seed)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		if (body != NULL)
			body(seed);
		else
			verify();
		_exit(0);
	}
	HOLDS(waitpid(child, &status, 0) == child);
	if (status != 0)
		check_fail(__FILE__, __LINE__, "seed %s: status 0x%x", seed, status);
}

int
main(int count, char **arguments)
{
	char seed[16];
	int errors = 0, synchronising = 0, unmounting = 0, stable = 0, unmounted = 0;

	take_format(count, arguments);
	result = mmap(NULL, sizeof *result, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (int number = 1; number <= 25; number++) {
		if (!in_turn((unsigned)number, 25))
			continue;
		snprintf(seed, sizeof seed, "%d", number);
		memset(result, 0, sizeof *result);
		make_image("image", "6m", "");
		in_child(work, seed);
		if (result->unmounted && system("${CHECKER:?} --require-clean image >.check") != 0)
			check_fail(__FILE__, __LINE__, "seed %s: unmounted, and not in order", seed);
		in_child(NULL, seed);
		errors += result->errors;
		synchronising += result->synchronising;
		unmounting += result->unmounting;
		unmounted += result->unmounted;
		for (int file = 0; file < FILES; file++)
			stable += result->stable[file];
	}
	/* The test did test something. */
	HOLDS(is_simulated() || (errors > 100 && synchronising > 10 && unmounting > 5 && stable > 300 && unmounted > 10));
	return 0;
}
