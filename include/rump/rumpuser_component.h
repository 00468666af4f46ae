/*
 * For the host half of a rump kernel component, compiled against the host's headers: how its code
 * leaves the kernel to block, and how its own threads enter it.
 */
#ifndef _RUMP_RUMPUSER_COMPONENT_H_
#define _RUMP_RUMPUSER_COMPONENT_H_

struct lwp;

/* Around a host call that may block; the cookie goes from the first to the second. */
void	*rumpuser_component_unschedule(void);
void	rumpuser_component_schedule(void *);

/* The NetBSD number of a host errno, 0 for 0. */
int	rumpuser_component_errtrans(int);

/* A host thread of the component's own becomes a kernel thread, and stops being one. */
void	rumpuser_component_kthread(void);
void	rumpuser_component_kthread_release(void);

/* Which kernel thread the caller is; changing it. */
struct lwp *rumpuser_component_curlwp(void);
void	rumpuser_component_switchlwp(struct lwp *);

#endif /* _RUMP_RUMPUSER_COMPONENT_H_ */
