/* Lwps by hand: made, kept, taken from a thread and given to another. */

#include "check.h"
#include "console.h"

#include <rump/rump_core.h>

/* One that is lent becomes the thread's own while it is held. */
static void
check_hold(void)
{
	HOLDS(rump_lwproc_curlwp_hypercall() == NULL);
	rump_schedule();
	HOLDS(rump_lwproc_curlwp() == NULL);
	HOLDS(rump_lwproc_curlwp_hypercall() != NULL);
	rump__lwproc_lwphold();
	struct lwp *own = rump_lwproc_curlwp();
	HOLDS(own != NULL && own == rump_lwproc_curlwp_hypercall());
	EQUAL(rump_sys_getpid(), 1);
	rump__lwproc_lwphold();
	rump_unschedule();

	HOLDS(rump_pub_lwproc_curlwp() == own);
	rump_schedule();
	HOLDS(rump_lwproc_curlwp() == own);
	rump__lwproc_lwprele();
	HOLDS(rump_lwproc_curlwp() == own);
	rump__lwproc_lwprele();
	/* Still inside, as the next call can tell. */
	HOLDS(rump_lwproc_curlwp() == NULL);
	HOLDS(rump_lwproc_curlwp_hypercall() != NULL);
	rump_unschedule();
	HOLDS(rump_lwproc_curlwp_hypercall() == NULL);
	HOLDS(rump_pub_lwproc_curlwp() == NULL);
}

static void *
run_elsewhere(void *lwp)
{
	rump_schedule_cpu(lwp);
	rump_lwproc_curlwp_set(lwp);
	HOLDS(rump_lwproc_curlwp() == lwp);
	HOLDS(rump_sys_getpid() > 1);
	rump_lwproc_curlwp_clear(lwp);
	HOLDS(rump_lwproc_curlwp_hypercall() == NULL);
	rump_unschedule_cpu(lwp);
	return NULL;
}

/* Made for a new process, it belongs to no thread; threads take turns. */
static void
check_new_lwp(void)
{
	pthread_t thread;
	int ends[2];

	rump_schedule();
	struct lwp *lwp = rump__lwproc_alloclwp(NULL);
	HOLDS(lwp != NULL && rump_lwproc_curlwp() == NULL);
	rump_unschedule();
	for (int i = 0; i < 3; i++) {
		EQUAL(pthread_create(&thread, NULL, run_elsewhere, lwp), 0);
		EQUAL(pthread_join(thread, NULL), 0);
	}
	rump_pub_lwproc_switch(lwp);
	EQUAL(rump_sys_getppid(), 0);
	/* It has no descriptors, not even the console's. */
	OK(rump_sys_pipe2(ends, 0));
	EQUAL(ends[0], 0);
	/* Descriptors that are open stay what they are. */
	console_start();
	rump_consdev_init();
	HOLDS(strstr(console_end(), "rump_consdev_init") != NULL);
	FAILS(rump_sys_ioctl(0, 0x402c7413ul, ends), RUMP_ENOTTY);
	rump_pub_lwproc_releaselwp();
	HOLDS(rump_pub_lwproc_curlwp() == NULL);
}

static void
check_address_spaces(void)
{
	int other = 0;

	HOLDS(rump_vmspace_local != NULL);
	rump_schedule();
	EQUAL(rump_lwproc_rfork_vmspace((void *)&other, RUMP_RFCFDG), RUMP_EOPNOTSUPP);
	EQUAL(rump_lwproc_rfork_vmspace(rump_vmspace_local, 77), RUMP_EINVAL);
	EQUAL(rump_lwproc_rfork_vmspace(rump_vmspace_local, RUMP_RFCFDG), 0);
	rump_unschedule();
	HOLDS(rump_sys_getpid() > 1);

	/* Descriptors without the console's get them. */
	FAILS(rump_sys_fcntl(1, 1, 0), RUMP_EBADF);
	rump_schedule();
	rump_consdev_init();
	rump_unschedule();
	EQUAL(descriptor_status(1).st_mode, 0020600);
	rump_pub_lwproc_releaselwp();
}

static void
check_mistakes(void)
{
	int other = 0;

	console_start();
	rump_schedule();
	HOLDS(rump__lwproc_alloclwp((void *)&other) == NULL);
	rump_schedule_cpu((void *)&other);
	rump_lwproc_curlwp_set((void *)&other);
	rump_lwproc_curlwp_clear(NULL);
	struct lwp *own = rump_lwproc_curlwp_hypercall();
	rump_lwproc_curlwp_set(own);
	HOLDS(rump_lwproc_curlwp_hypercall() == own);
	rump_unschedule();
	HOLDS(strstr(console_end(), "is no lwp") != NULL);
}

int
main(void)
{
	OK(rump_init());
	for (int i = 0; i < rounds(10, 2); i++)
		check_hold();
	check_new_lwp();
	check_address_spaces();
	check_mistakes();

	/* The boot has done what its steps would. */
	console_start();
	rump_lwproc_init();
	rump_scheduler_init(2);
	rump_tsleep_init();
	rump_intr_init(2);
	rump_thread_init();
	rump_thread_allow(NULL);
	rump_hyperentropy_init();
	EQUAL(rump__init(), 0);
	EQUAL(strlen(console_end()), 0);
	EQUAL(rump_sys_getpid(), 1);
	HOLDS(rump_cpu_makeclockframe() != NULL);
	EQUAL(rump_threads, 1);
	EQUAL(rump_ttycomponent, 0);
	return 0;
}
