/* needs: fs_ffs vfs */
/* formats: ufs1le ufs1be ufs2le ufs2be */
/* Killed in the midst of work: whatever fsync(2) had acknowledged by then is there, and the rest does no harm. */
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "ffs.h"

/* Shared with the child: how many files it has made stable. */
static volatile int *acknowledged;

static size_t
length_of(int number)
{
	return (size_t)(number * 7919 % 60000);
}

/* In a simulated world the process ends itself, at a moment that the seed decides. */
static void *
kill_later(void *unused)
{
	struct timespec moment = { 0, 1000000 + (long)(world_seed() * 7919 % 100) * 1000000 };

	(void)unused;
	nanosleep(&moment, NULL);
	kill(getpid(), SIGKILL);
	return NULL;
}

static void
work_until_killed(const char *image)
{
	char path[64];

	boot_with_device(image);
	if (is_simulated())
		start_thread(kill_later, NULL);
	mount_image(0);
	OK(rump_sys_mkdir("d", 0755));
	for (int number = 0;; number++) {
		snprintf(path, sizeof path, "d/f%d", number);
		make_pattern_file(path, length_of(number), (uint64_t)number);
		int file = OK(rump_sys_open(path, RUMP_O_RDWR));
		OK(rump_sys_fsync(file));
		OK(rump_sys_close(file));
		*acknowledged = number + 1;
		/* Unstable changes beside. */
		make_pattern_file("d/passing", length_of(number + 1), 1);
		if (number % 3 == 0)
			OK(rump_sys_rename("d/passing", "d/renamed"));
		if (number % 5 == 4)
			OK(rump_sys_unlink("d/renamed"));
	}
}

int
main(int count, char **arguments)
{
	int status;
	char path[64];

	take_format(count, arguments);
	acknowledged = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	make_image("killed", "24m", "density=4096");
	pid_t child = fork();
	if (child == 0)
		work_until_killed("killed");
	while (!is_simulated() && *acknowledged < 40 && waitpid(child, &status, WNOHANG) == 0)
		pause_milliseconds(1);
	if (!is_simulated())
		HOLDS(kill(child, SIGKILL) == 0);
	HOLDS(waitpid(child, &status, 0) == child);
	HOLDS(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	boot_with_device("killed");
	mount_image(0);
	HOLDS(is_simulated() || *acknowledged >= 40);
	for (int number = 0; number < *acknowledged; number++) {
		snprintf(path, sizeof path, "d/f%d", number);
		expect_pattern(path, length_of(number), (uint64_t)number);
	}
	unmount_image();
	return 0;
}
