/*
 * The system calls of a rump kernel in another process, which RUMP_SERVER names.
 *
 * After rumpclient_init(), the functions of <rump/rump_syscalls.h> go there.
 * Functions of type int return -1 and set errno on failure.
 */

#ifndef _RUMP_RUMPCLIENT_H_
#define _RUMP_RUMPCLIENT_H_

#include <sys/types.h>
#include <time.h>

#ifndef __returns_twice
#ifdef __GNUC__
#define __returns_twice __attribute__((__returns_twice__))
#else
#define __returns_twice
#endif
#endif

struct rumpclient_fork;

#ifdef __cplusplus
extern "C" {
#endif

int rumpclient_init(void);
/* A system call: number, its packed arguments, their bytes, two results. */
int rumpclient_syscall(int, const void *, size_t, long *);

/* fork(2), execve(2) and daemon(3) of a process that keeps its connection. */
pid_t rumpclient_fork(void);
int rumpclient_exec(const char *, char *const [], char *const []);
int rumpclient_daemon(int, int);

/* The parts of a fork: before it, in the child, after failure, after vfork(2). */
struct rumpclient_fork *rumpclient_prefork(void);
int rumpclient_fork_init(struct rumpclient_fork *);
void rumpclient_fork_cancel(struct rumpclient_fork *);
void rumpclient_fork_vparent(struct rumpclient_fork *);

/* How long to try to connect again, in seconds. */
#define RUMPCLIENT_RETRYCONN_INFTIME ((time_t)-1)	/* for ever */
#define RUMPCLIENT_RETRYCONN_ONCE ((time_t)-2)		/* once */
#define RUMPCLIENT_RETRYCONN_DIE ((time_t)-3)		/* not at all: exit */
void rumpclient_setconnretry(time_t);

/* Tells the client that the process is about to give away a descriptor. */
enum rumpclient_closevariant {
	RUMPCLIENT_CLOSE_CLOSE,
	RUMPCLIENT_CLOSE_DUP2,
	RUMPCLIENT_CLOSE_FCLOSEM
};
int rumpclient__closenotify(int *, enum rumpclient_closevariant);

/*
 * Forks by the given function. In this frame, because vfork(2) must not be
 * called from one that returns before the child is done with it.
 */
static __attribute__((__always_inline__)) __returns_twice inline pid_t
rumpclient__dofork(pid_t (*fork_function)(void))
{
	struct rumpclient_fork *state = rumpclient_prefork();
	volatile int child_ran = 0;
	pid_t pid;

	if (state == NULL)
		return -1;
	pid = fork_function();
	if (pid == -1) {
		rumpclient_fork_cancel(state);
	} else if (pid == 0) {
		child_ran = 1;
		if (rumpclient_fork_init(state) == -1)
			pid = -1;
	} else if (child_ran) {
		rumpclient_fork_vparent(state);
	}
	return pid;
}

#define rumpclient_vfork() rumpclient__dofork(vfork)

#ifdef __cplusplus
}
#endif

#endif /* _RUMP_RUMPCLIENT_H_ */
