/* Pipes, descriptors, signals, timers, semaphores, lwps, processes and sleeps. */
#include "worker.h"

enum { TOKEN = 64, OWN_SIGNAL = 30, FOREIGN_SIGNAL = 31, TIMER_SIGNAL = 29 };

struct token {
	uint64_t words[TOKEN / 8];
};

int token_pipe[2];

/* Reads or writes all of a token; signals from others may come in between. */
static void
transfer_token(ssize_t (*call)(int, void *, size_t), int end, struct token *token)
{
	ssize_t count;

	do
		count = call(end, token, sizeof *token);
	while (!WENT(count, RUMP_EINTR));
	EQUAL(count, sizeof *token);
}

static ssize_t
write_bytes(int descriptor, void *bytes, size_t size)
{
	return rump_sys_write(descriptor, bytes, size);
}

/*
 * All put one token into a pipe and take one out: nobody waits for ever, and every token is whole. The pipe belongs to
 * process 1.
 */
void
pass_token(struct worker *worker)
{
	struct token token;

	if (worker->role != WITHOUT_LWP)
		return;
	uint64_t seed = next_random(&worker->random);
	for (int index = 0; index < TOKEN / 8; index++)
		token.words[index] = seed * (uint64_t)(index + 1);
	transfer_token(write_bytes, token_pipe[1], &token);
	transfer_token((ssize_t (*)(int, void *, size_t))rump_sys_read, token_pipe[0], &token);
	for (int index = 0; index < TOKEN / 8; index++)
		EQUAL(token.words[index], token.words[0] * (uint64_t)(index + 1));
}

/* A pipe gives what it was given, and says when its other end is gone. */
void
move_through_pipe(struct worker *worker)
{
	size_t length = 1 + below(worker, 8000);
	int ends[2];

	if (!WENT(rump_sys_pipe2(ends, 0), RUMP_ENFILE))
		return;
	fill_pattern(worker->bytes, length, length);
	ssize_t count = rump_sys_write(ends[1], worker->bytes, length);
	if (WENT(count, RUMP_EINTR)) {
		EQUAL(count, length);
		size_t done = 0;
		while (done < length) {
			count = rump_sys_read(ends[0], worker->found + done, 1 + below(worker, length));
			if (WENT(count, RUMP_EINTR))
				done += (size_t)count;
		}
		SAME(worker->found, worker->bytes, length);
	}
	if (below(worker, 2) == 0) {
		OK(rump_sys_close(ends[1]));
		if (count >= 0)
			EQUAL(OK(rump_sys_read(ends[0], worker->found, 10)), 0);
		OK(rump_sys_close(ends[0]));
	} else {
		OK(rump_sys_close(ends[0]));
		OK(rump_sys_close(ends[1]));
	}
}

void
duplicate_descriptors(struct worker *worker)
{
	int file = rump_sys_open("/dev/null", RUMP_O_RDWR);

	if (!WENT(file))
		return;
	int copy = rump_sys_dup(file);
	if (WENT(copy)) {
		EQUAL(descriptor_status(copy).st_ino, descriptor_status(file).st_ino);
		OK(rump_sys_close(copy));
		/* In a process of its own nobody else can have taken the number meanwhile. */
		if (worker->role == OWN_PROCESS)
			FAILS(rump_sys_close(copy), RUMP_EBADF);
	}
	if (worker->role == OWN_PROCESS) {
		int high = 20 + (int)below(worker, 300);
		if (WENT(rump_sys_dup2(file, high))) {
			EQUAL(OK(rump_sys_write(high, "x", 1)), 1);
			OK(rump_sys_close(high));
		}
	}
	OK(rump_sys_close(file));
}

void
send_signal_to_self(struct worker *worker)
{
	struct netbsd_signals wanted = signals_of(OWN_SIGNAL);
	struct netbsd_siginfo information;
	struct timespec patience = { 60, 0 };

	if (worker->role != OWN_PROCESS || !WENT(kernel_call(CALL_KILL, (uint64_t)worker->process, OWN_SIGNAL, 0)))
		return;
	long taken;
	do
		taken = kernel_call(CALL_SIGTIMEDWAIT, (uintptr_t)&wanted, (uintptr_t)&information, (uintptr_t)&patience);
	while (!WENT(taken, RUMP_EINTR));
	EQUAL(taken, OWN_SIGNAL);
	EQUAL(information.pid, worker->process);
}

/* Sends to anybody, and takes what has come. */
void
disturb_by_signal(struct worker *worker)
{
	struct netbsd_signals wanted = signals_of(FOREIGN_SIGNAL);
	struct timespec none = { 0, 0 };
	struct worker *other = &workers[below(worker, (uint64_t)worker_count)];

	/* One that has no process yet has the number 0, which is everybody's. */
	if (other->role == OWN_PROCESS && other->process != 0)
		(void)WENT(kernel_call(CALL_KILL, (uint64_t)other->process, FOREIGN_SIGNAL, 0), RUMP_ESRCH);
	if (worker->role == OWN_PROCESS)
		(void)WENT(kernel_call(CALL_SIGTIMEDWAIT, (uintptr_t)&wanted, 0, (uintptr_t)&none), RUMP_EAGAIN, RUMP_EINTR);
}

/* A timer's signal comes; a timer that is deleted sends none that waits for somebody. */
void
wait_for_timer(struct worker *worker)
{
	struct { int notify, signal; uint64_t rest[3]; } event = { 1, TIMER_SIGNAL, { 0 } };
	struct { struct timespec interval, value; } setting = { { 0, 0 }, { 0, 1 + (long)below(worker, 500000) } };
	struct netbsd_signals wanted = signals_of(TIMER_SIGNAL);
	struct timespec patience = { 60, 0 }, none = { 0, 0 };
	int timer;

	if (worker->role != OWN_PROCESS || !WENT(rump_sys_timer_create(N_CLOCK_MONOTONIC, (void *)&event, (void *)&timer),
	    RUMP_EAGAIN))
		return;
	timer_t handle = (timer_t)(intptr_t)timer;
	if (below(worker, 2) == 0)
		setting.interval.tv_nsec = 200000;
	if (WENT(rump_sys_timer_settime(handle, 0, (void *)&setting, NULL)) && below(worker, 4) != 0) {
		long taken;
		do
			taken = kernel_call(CALL_SIGTIMEDWAIT, (uintptr_t)&wanted, 0, (uintptr_t)&patience);
		while (!WENT(taken, RUMP_EINTR));
		EQUAL(taken, TIMER_SIGNAL);
	}
	OK(rump_sys_timer_delete(handle));
	while (kernel_call(CALL_SIGTIMEDWAIT, (uintptr_t)&wanted, 0, (uintptr_t)&none) != -1 || errno == RUMP_EINTR)
		continue;
	EQUAL(errno, RUMP_EAGAIN);
}

void
use_semaphore(struct worker *worker)
{
	struct timespec past = { 0, 0 };
	unsigned value;
	intptr_t id;

	/* There are 128 in a kernel. */
	if (!WENT(rump_sys__ksem_init(1, &id), RUMP_ENOSPC, RUMP_ENFILE))
		return;
	(void)worker;
	OK(rump_sys__ksem_post(id));
	while (!WENT(rump_sys__ksem_wait(id), RUMP_EINTR))
		continue;
	OK(rump_sys__ksem_trywait(id));
	FAILS(rump_sys__ksem_trywait(id), RUMP_EAGAIN);
	HOLDS(rump_sys__ksem_timedwait(id, &past) == -1 && (errno == RUMP_ETIMEDOUT || errno == RUMP_EINTR));
	OK(rump_sys__ksem_getvalue(id, &value));
	EQUAL(value, 0);
	OK(rump_sys__ksem_destroy(id));
}

/* Whether a call of the lwp family, which answers an errno, went well. */
static bool
lwp_call_went(const char *what, int line, int error)
{
	errno = error;
	return judge(__FILE__, line, what, error == 0 ? 0 : -1, (const int[]){ RUMP_EAGAIN, 0 });
}

#define LWP_WENT(call) lwp_call_went(#call, __LINE__, (call))

/* A further lwp in the same process, and back. */
void
change_lwps(struct worker *worker)
{
	struct lwp *own = rump_pub_lwproc_curlwp();
	pid_t process = rump_sys_getpid();

	if (!LWP_WENT(rump_pub_lwproc_newlwp(process)))
		return;
	struct lwp *second = rump_pub_lwproc_curlwp();
	HOLDS(second != NULL && second != own);
	EQUAL(rump_sys_getpid(), process);
	if (below(worker, 2) == 0) {
		rump_pub_lwproc_switch(own);
		HOLDS(rump_pub_lwproc_curlwp() == own);
		EQUAL(rump_sys_getpid(), process);
		rump_pub_lwproc_switch(second);
	}
	rump_pub_lwproc_releaselwp();
	HOLDS(rump_pub_lwproc_curlwp() == NULL);
	rump_pub_lwproc_switch(own);
	EQUAL(rump_sys_getpid(), process);
}

/* A child process with descriptors of its own, copied, or shared; it is gone afterwards. */
void
make_process(struct worker *worker)
{
	enum { CLEARS, COPIES, SHARES } kind = (int)below(worker, 3);
	static const int flags[] = { [CLEARS] = RUMP_RFFD_CLEAR, [COPIES] = RUMP_RFFD_COPY, [SHARES] = 0 };
	struct lwp *own = rump_pub_lwproc_curlwp();
	pid_t parent = rump_sys_getpid();

	if (!LWP_WENT(rump_pub_lwproc_rfork(flags[kind])))
		return;
	pid_t child = rump_sys_getpid();
	HOLDS(child != parent);
	EQUAL(rump_sys_getppid(), parent);
	int file = rump_sys_open("/dev/null", RUMP_O_RDWR);
	/* What a process has open goes with it, but not what it shares. */
	if (WENT(file) && (kind == SHARES || below(worker, 2) == 0))
		OK(rump_sys_close(file));
	rump_pub_lwproc_releaselwp();
	rump_pub_lwproc_switch(own);
	EQUAL(rump_sys_getpid(), parent);
}

void
sleep_shortly(struct worker *worker)
{
	struct timespec time = { 0, (long)below(worker, 300000) };

	(void)WENT(rump_sys_nanosleep(&time, NULL), RUMP_EINTR);
}
