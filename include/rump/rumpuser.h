/*
 * The hypercalls: what a rump kernel asks of its host, version 17.
 *
 * For kernels (_KERNEL) and implementations of the interface (LIBRUMPUSER), not for applications. The
 * includer provides the types of <stdint.h> and <sys/types.h>, and the attributes __dead and __printflike
 * if it wants other ones than below; nothing is included here.
 *
 * An int that is not described otherwise is 0 or a NetBSD errno. "May block" means that the caller's
 * virtual CPU is given back for that time.
 */
#ifndef _RUMP_RUMPUSER_H_
#define _RUMP_RUMPUSER_H_

#if !defined(_KERNEL) && !defined(LIBRUMPUSER)
#error "rump/rumpuser.h is for kernels and their hosts; applications include rump/rump.h"
#endif

#ifndef __dead
#define __dead __attribute__((__noreturn__))
#endif
#ifndef __printflike
#define __printflike(format, first) __attribute__((__format__(__printf__, format, first)))
#endif

struct lwp;
struct modinfo;
struct rump_component;
struct rumpuser_cv;
struct rumpuser_mtx;
struct rumpuser_rw;

/* ---- start ---- */

#define RUMPUSER_VERSION 17

/* The way back, from the host into the kernel. */
struct rumpuser_hyperup {
	/* enter and leave the kernel, with a context made for a thread that has none */
	void		(*hyp_schedule)(void);
	void		(*hyp_unschedule)(void);

	/* the same around a wait; the second argument or the first is the number of kernel locks dropped */
	void		(*hyp_backend_unschedule)(int, int *, void *);
	void		(*hyp_backend_schedule)(int, void *);

	/* processes and contexts */
	void		(*hyp_lwproc_switch)(struct lwp *);
	void		(*hyp_lwproc_release)(void);
	int		(*hyp_lwproc_rfork)(void *, int, const char *);
	int		(*hyp_lwproc_newlwp)(pid_t);
	struct lwp	*(*hyp_lwproc_curlwp)(void);

	/* for remote clients */
	int		(*hyp_syscall)(int, void *, long *);
	void		(*hyp_lwpexit)(void);
	void		(*hyp_execnotify)(const char *);
	pid_t		(*hyp_getpid)(void);

	void		*hyp__extra[8];
};

int	rumpuser_init(int, const struct rumpuser_hyperup *);

/* ---- memory ---- */

/* length, alignment (0: a pointer's) */
int	rumpuser_malloc(size_t, int, void **);
void	rumpuser_free(void *, size_t);

/* preferred address, length, log2 of the alignment (0: a page's), executable */
int	rumpuser_anonmmap(void *, size_t, int, int, void **);
void	rumpuser_unmap(void *, size_t);

/* ---- files; all but getfileinfo may block ---- */

#define RUMPUSER_OPEN_RDONLY	0x0000
#define RUMPUSER_OPEN_WRONLY	0x0001
#define RUMPUSER_OPEN_RDWR	0x0002
#define RUMPUSER_OPEN_ACCMODE	0x0003
#define RUMPUSER_OPEN_CREATE	0x0004
#define RUMPUSER_OPEN_EXCL	0x0008
#define RUMPUSER_OPEN_BIO	0x0010	/* for rumpuser_bio() */

int	rumpuser_open(const char *, int, int *);
int	rumpuser_close(int);

#define RUMPUSER_FT_OTHER	0
#define RUMPUSER_FT_DIR		1
#define RUMPUSER_FT_REG		2
#define RUMPUSER_FT_BLK		3
#define RUMPUSER_FT_CHR		4

/* path, size in bytes, kind; each of the last two may be NULL */
int	rumpuser_getfileinfo(const char *, uint64_t *, int *);

#define RUMPUSER_BIO_READ	0x01
#define RUMPUSER_BIO_WRITE	0x02
#define RUMPUSER_BIO_SYNC	0x04	/* a write: complete on stable storage */

/* argument, bytes transferred, error */
typedef void (*rump_biodone_fn)(void *, size_t, int);

/* descriptor, RUMPUSER_BIO_*, memory, length, offset; called back with a virtual CPU */
void	rumpuser_bio(int, int, void *, size_t, int64_t, rump_biodone_fn, void *);

struct rumpuser_iovec {
	void	*iov_base;
	size_t	iov_len;
};

#define RUMPUSER_IOV_NOSEEK	-1	/* as the offset: where the descriptor stands */

/* descriptor, pieces, their number, offset, bytes transferred */
int	rumpuser_iovread(int, struct rumpuser_iovec *, size_t, int64_t, size_t *);
int	rumpuser_iovwrite(int, const struct rumpuser_iovec *, size_t, int64_t, size_t *);

#define RUMPUSER_SYNCFD_READ	0x01
#define RUMPUSER_SYNCFD_WRITE	0x02
#define RUMPUSER_SYNCFD_BOTH	(RUMPUSER_SYNCFD_READ | RUMPUSER_SYNCFD_WRITE)
#define RUMPUSER_SYNCFD_BARRIER	0x04
#define RUMPUSER_SYNCFD_SYNC	0x08

/* descriptor, RUMPUSER_SYNCFD_*, offset, length */
int	rumpuser_syncfd(int, int, uint64_t, uint64_t);

/* ---- clocks: a span of wall-clock time, a point of monotonic time ---- */

enum rumpclock {
	RUMPUSER_CLOCK_RELWALL,
	RUMPUSER_CLOCK_ABSMONO
};

/* enum rumpclock, seconds, nanoseconds; the second one may block */
int	rumpuser_clock_gettime(int, int64_t *, long *);
int	rumpuser_clock_sleep(int, int64_t, long);

/* ---- parameters, by the name of an environment variable or one of these ---- */

#define RUMPUSER_PARAM_NCPU	"_RUMPUSER_NCPU"
#define RUMPUSER_PARAM_HOSTNAME	"_RUMPUSER_HOSTNAME"

int	rumpuser_getparam(const char *, void *, size_t);

/* ---- the application: its thread's errno, signals, the end ---- */

void	rumpuser_seterrno(int);

#define RUMPUSER_PID_SELF	((int64_t)-1)

/* process, NetBSD signal number */
int	rumpuser_kill(int64_t, int);

#define RUMPUSER_PANIC		(-1)

/* exit code or RUMPUSER_PANIC */
void	rumpuser_exit(int) __dead;

/* ---- console: standard output; for debugging, standard error ---- */

void	rumpuser_putchar(int);
void	rumpuser_dprintf(const char *, ...) __printflike(1, 2);

/* ---- random numbers: without NOWAIT there are always some ---- */

#define RUMPUSER_RANDOM_HARD	0x01
#define RUMPUSER_RANDOM_NOWAIT	0x02

/* memory, length, RUMPUSER_RANDOM_*, bytes stored */
int	rumpuser_getrandom(void *, size_t, int, size_t *);

/* ---- threads ---- */

/* function, its argument, name or NULL, joinable, priority, CPU or -1, cookie for the join */
int	rumpuser_thread_create(void *(*)(void *), void *, const char *, int, int, int, void **);
void	rumpuser_thread_exit(void) __dead;
int	rumpuser_thread_join(void *);

#if defined(LIBRUMPUSER) || defined(RUMP__CURLWP_PRIVATE)
enum rumplwpop {
	RUMPUSER_LWP_CREATE,
	RUMPUSER_LWP_DESTROY,
	RUMPUSER_LWP_SET,
	RUMPUSER_LWP_CLEAR
};

/* enum rumplwpop, context */
void	rumpuser_curlwpop(int, struct lwp *);
struct lwp *rumpuser_curlwp(void);
#endif

/* ---- mutexes: "nowrap" keeps the virtual CPU ---- */

#define RUMPUSER_MTX_SPIN	0x01
#define RUMPUSER_MTX_KMUTEX	0x02

void	rumpuser_mutex_init(struct rumpuser_mtx **, int);
void	rumpuser_mutex_enter(struct rumpuser_mtx *);
void	rumpuser_mutex_enter_nowrap(struct rumpuser_mtx *);
int	rumpuser_mutex_tryenter(struct rumpuser_mtx *);
void	rumpuser_mutex_exit(struct rumpuser_mtx *);
void	rumpuser_mutex_destroy(struct rumpuser_mtx *);
void	rumpuser_mutex_owner(struct rumpuser_mtx *, struct lwp **);

/* ---- reader/writer locks; the int that comes first is an enum rumprwlock ---- */

enum rumprwlock {
	RUMPUSER_RW_READER,
	RUMPUSER_RW_WRITER
};

void	rumpuser_rw_init(struct rumpuser_rw **);
void	rumpuser_rw_enter(int, struct rumpuser_rw *);
int	rumpuser_rw_tryenter(int, struct rumpuser_rw *);
int	rumpuser_rw_tryupgrade(struct rumpuser_rw *);
void	rumpuser_rw_downgrade(struct rumpuser_rw *);
void	rumpuser_rw_exit(struct rumpuser_rw *);
void	rumpuser_rw_destroy(struct rumpuser_rw *);
void	rumpuser_rw_held(int, struct rumpuser_rw *, int *);

/* ---- condition variables ---- */

void	rumpuser_cv_init(struct rumpuser_cv **);
void	rumpuser_cv_destroy(struct rumpuser_cv *);
void	rumpuser_cv_wait(struct rumpuser_cv *, struct rumpuser_mtx *);
void	rumpuser_cv_wait_nowrap(struct rumpuser_cv *, struct rumpuser_mtx *);
/* the span to wait at most: seconds, nanoseconds */
int	rumpuser_cv_timedwait(struct rumpuser_cv *, struct rumpuser_mtx *, int64_t, int64_t);
void	rumpuser_cv_signal(struct rumpuser_cv *);
void	rumpuser_cv_broadcast(struct rumpuser_cv *);
void	rumpuser_cv_has_waiters(struct rumpuser_cv *, int *);

/* ---- what the dynamic linker has loaded ---- */

typedef void (*rump_modinit_fn)(const struct modinfo *const *, size_t);
/* symbol table and its size, string table and its size */
typedef int (*rump_symload_fn)(void *, uint64_t, char *, uint64_t);
typedef void (*rump_compload_fn)(const struct rump_component *);

void	rumpuser_dl_bootstrap(rump_modinit_fn, rump_symload_fn, rump_compload_fn);

/* ---- into the background ---- */

int	rumpuser_daemonize_begin(void);
int	rumpuser_daemonize_done(int);

/* ---- serving system calls to remote clients ---- */

#if defined(_RUMP_SYSPROXY) || defined(LIBRUMPUSER)
/* address, operating system, release, machine */
int	rumpuser_sp_init(const char *, const char *, const char *, const char *);
void	rumpuser_sp_fini(void *);

/* client, from, to, length */
int	rumpuser_sp_copyin(void *, const void *, void *, size_t);
int	rumpuser_sp_copyinstr(void *, const void *, void *, size_t *);
int	rumpuser_sp_copyout(void *, const void *, void *, size_t);
int	rumpuser_sp_copyoutstr(void *, const void *, void *, size_t *);

int	rumpuser_sp_anonmmap(void *, size_t, void **);
int	rumpuser_sp_raise(void *, int);
#endif

#endif /* _RUMP_RUMPUSER_H_ */
