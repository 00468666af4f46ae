/*
 * What the core of a rump kernel offers to C code inside it: components written in C, and programs between rump_schedule() and
 * rump_unschedule(). The names and types are those of NetBSD's rump kernel; what is said here is how they behave in this one.
 */

#ifndef _RUMP_RUMP_CORE_H_
#define _RUMP_RUMP_CORE_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct clockframe;
struct cpu_info;
struct device;
struct lwp;
struct pmap;
struct proc;
struct rumpuser_cv;
struct rumpuser_mtx;
struct timespec;
struct tty;
struct vmspace;

/* ---- memory ---- */

#define RUMPMEM_UNLIMITED ((unsigned long)-1)

/* Bytes that the kernel may take from the host (RUMP_MEMLIMIT). */
extern unsigned long rump_physmemlimit;

/*
 * Bytes at a multiple of a power of two (0: any address). NULL if there are none; with wait, the caller sleeps until others have
 * given some back, but not for what the limit cannot hold at all.
 */
void *rump_hypermalloc(size_t, int alignment, bool wait, const char *what);
void rump_hyperfree(void *, size_t);

/* ---- virtual CPUs ---- */

/* Around what blocks: gives up the virtual CPU and the big lock, and takes them again. */
void rump_user_unschedule(int, int *held, void *interlock);
void rump_user_schedule(int held, void *interlock);

/* The same for one lwp, the calling thread's or one that no thread runs. Interlocks stay as they are. */
void rump_schedule_cpu(struct lwp *);
void rump_schedule_cpu_interlock(struct lwp *, void *interlock);
void rump_unschedule_cpu(struct lwp *);
void rump_unschedule_cpu_interlock(struct lwp *, void *interlock);
void rump_unschedule_cpu1(struct lwp *, void *interlock);

/*
 * Sleep without a virtual CPU until a signal of a thread that holds one, or for a while: call it in a loop around the condition.
 * The second returns 60 (NetBSD's ETIMEDOUT) when the time, from now on, has passed.
 */
void rump_schedlock_cv_wait(struct rumpuser_cv *);
int rump_schedlock_cv_timedwait(struct rumpuser_cv *, const struct timespec *);

/* Returns when every other thread has been outside the kernel, or asleep in it, once. */
void rump_xc_highpri(struct cpu_info *);
void rump_softint_run(struct cpu_info *);

/* ---- the big lock ---- */

/*
 * Whoever has locked it makes it the kernel's with bigunwrap: then it is given up in each sleep. bigwrap takes it over again.
 */
extern struct rumpuser_mtx *rump_giantlock;
void rump_kernel_bigunwrap(int count);
void rump_kernel_bigwrap(int *count);

/* ---- lwps ---- */

extern struct vmspace *rump_vmspace_local;
extern struct pmap rump_pmap_local;

/* As the functions of rump(3) with pub in their names. */
int rump_lwproc_rfork(int flags);
int rump_lwproc_newlwp(pid_t);
void rump_lwproc_switch(struct lwp *);
void rump_lwproc_releaselwp(void);
struct lwp *rump_lwproc_curlwp(void);

struct lwp *rump__lwproc_alloclwp(struct proc *);	/* NULL: of a new process */
void rump__lwproc_lwphold(void);
void rump__lwproc_lwprele(void);
void rump_lwproc_curlwp_set(struct lwp *);
void rump_lwproc_curlwp_clear(struct lwp *);
struct lwp *rump_lwproc_curlwp_hypercall(void);
int rump_lwproc_rfork_vmspace(struct vmspace *, int flags);

/* ---- system calls ---- */

typedef int sy_call_t(struct lwp *, const void *arguments, long results[2]);

struct rump_onesyscall {
	int ros_num;
	sy_call_t *ros_handler;		/* 0 or an error number of NetBSD */
};

/* Has functions handle system calls that nobody handles. They stay where they are: the library is not unloaded. */
void rump_syscall_boot_establish(const struct rump_onesyscall *, size_t);

/* A call by its number, with the size of the arguments and room for two results: 0 or an error number of NetBSD. */
int rump_syscall(int, void *, size_t, long *results);

struct sysent {
	short sy_narg;			/* slots of eight bytes */
	short sy_argsize;
	int sy_flags;
	sy_call_t *sy_call;		/* makes the call, as the lwp of the calling thread */
	uint32_t sy_entry, sy_return;
};

extern struct sysent rump_sysent[512];

/* What comes from clients of a system-call proxy, and what goes to them: there are none, which is ENXIO. */
struct rump_sysproxy_ops {
	int (*rspo_copyin)(void *, const void *, void *, size_t);
	int (*rspo_copyinstr)(void *, const void *, void *, size_t *);
	int (*rspo_copyout)(void *, const void *, void *, size_t);
	int (*rspo_copyoutstr)(void *, const void *, void *, size_t *);
	int (*rspo_anonmmap)(void *, size_t, void **);
	int (*rspo_raise)(void *, int);
	void (*rspo_fini)(void *);

	pid_t (*rspo_hyp_getpid)(void);
	int (*rspo_hyp_syscall)(int, void *, long *);
	int (*rspo_hyp_rfork)(void *, int, const char *);
	void (*rspo_hyp_lwpexit)(void);
	void (*rspo_hyp_execnotify)(const char *);
};
extern struct rump_sysproxy_ops rump_sysproxy_ops;

/* ---- the console ---- */

extern bool rump_ttycomponent;
void rump_consdev_init(void);		/* descriptors 0, 1 and 2 of the calling process */
int rump_tputchar(int, int flags, struct tty *);
int rump_ttycheckoutq(struct tty *, int wait);

/* ---- the boot ---- */

extern struct cpu_info rump_bootcpu;
extern struct device rump_rootdev;
extern int rump_threads;
extern const int rump_lockdebug;

/* rump_init() under a former name. */
int rump__init(void);

/* Its steps. It does them all; afterwards they find their work done. */
void rump_biglock_init(void);
void rump_cpu_attach(struct cpu_info *);
struct clockframe *rump_cpu_makeclockframe(void);
void rump_cpus_bootstrap(int *count);
void rump_hyperentropy_init(void);
void rump_intr_init(int);
void rump_lwproc_init(void);
void rump_scheduler_init(int);
void rump_thread_allow(struct lwp *);
void rump_thread_init(void);
void rump_tsleep_init(void);

/* Where calls to what is not there go: it ends the process. */
__attribute__((__noreturn__)) void rump_kern_unavailable(void);

#ifdef __cplusplus
}
#endif

#endif /* _RUMP_RUMP_CORE_H_ */
