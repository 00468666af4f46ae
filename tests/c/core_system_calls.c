/* System calls that are handled in C, and the table of all. */

#include "check.h"
#include "console.h"

#include <rump/rump_core.h>

/* Numbers that no call has. */
#define ADD 500
#define FAIL 501
#define GETPID 20
#define LSEEK 199
#define OBSOLETE 7

static int
add(struct lwp *lwp, const void *arguments, long results[2])
{
	const long *numbers = arguments;

	HOLDS(lwp == rump_lwproc_curlwp_hypercall());
	results[0] = numbers[0] + numbers[1];
	/* As many as any call has can be read; those that were not passed are 0. */
	results[1] = numbers[15];
	return 0;
}

static int
fail(struct lwp *lwp, const void *arguments, long results[2])
{
	(void)lwp, (void)arguments, (void)results;
	return RUMP_EDOM;
}

static void
check_calls(void)
{
	static const struct rump_onesyscall calls[] = { { ADD, add }, { FAIL, fail } };
	static const struct rump_onesyscall refused[] = { { GETPID, fail }, { ADD, fail }, { 512, fail }, { -1, fail }, { 502, NULL } };
	long numbers[2] = { 40, 2 }, results[2] = { -1, -1 };

	EQUAL(rump_syscall(ADD, numbers, sizeof numbers, results), RUMP_ENOSYS);
	rump_schedule();
	rump_syscall_boot_establish(calls, 2);
	rump_syscall_boot_establish(NULL, 0);
	console_start();
	rump_syscall_boot_establish(refused, 5);
	const char *printed = console_end();
	rump_unschedule();
	HOLDS(strstr(printed, "system call 20 has") != NULL && strstr(printed, "system call 502 has") != NULL);

	EQUAL(rump_syscall(ADD, numbers, sizeof numbers, results), 0);
	EQUAL(results[0], 42);
	EQUAL(results[1], 0);
	EQUAL(rump_syscall(FAIL, NULL, 0, results), RUMP_EDOM);
	EQUAL(rump_sys_getpid(), 1);
	EQUAL(rump_syscall(502, NULL, 0, results), RUMP_ENOSYS);
}

static void
check_table(void)
{
	long results[2] = { -1, -1 };
	int ends[2];

	EQUAL(rump_sysent[GETPID].sy_narg, 0);
	EQUAL(rump_sysent[LSEEK].sy_narg, 4);
	EQUAL(rump_sysent[LSEEK].sy_argsize, 32);
	EQUAL(rump_sysent[LSEEK].sy_flags, 0);
	EQUAL(rump_sysent[OBSOLETE].sy_flags, 0x2000000);

	rump_schedule();
	struct lwp *lwp = rump_lwproc_curlwp_hypercall();
	EQUAL(rump_sysent[GETPID].sy_call(lwp, NULL, results), 0);
	EQUAL(results[0], 1);
	EQUAL(rump_sysent[OBSOLETE].sy_call(lwp, NULL, results), RUMP_ENOSYS);
	long bad[4] = { 77, 0, 0, 0 };
	EQUAL(rump_sysent[LSEEK].sy_call(lwp, bad, results), RUMP_EBADF);
	long pipe[2] = { (long)ends, 0 };
	EQUAL(rump_sysent[453].sy_call(lwp, pipe, results), 0);
	EQUAL(ends[1], ends[0] + 1);
	long sum[2] = { 1, 2 };
	EQUAL(rump_sysent[ADD].sy_call(lwp, sum, results), 0);
	rump_unschedule();

	/* What a program writes into it changes nothing. */
	rump_sysent[GETPID].sy_call = fail;
	EQUAL(rump_sys_getpid(), 1);
}

static void
check_proxy(void)
{
	char byte;
	size_t length = 1;
	void *memory;
	long results[2];

	EQUAL(rump_sysproxy_ops.rspo_copyin(NULL, &byte, &byte, 1), RUMP_ENXIO);
	EQUAL(rump_sysproxy_ops.rspo_copyinstr(NULL, &byte, &byte, &length), RUMP_ENXIO);
	EQUAL(rump_sysproxy_ops.rspo_copyout(NULL, &byte, &byte, 1), RUMP_ENXIO);
	EQUAL(rump_sysproxy_ops.rspo_copyoutstr(NULL, &byte, &byte, &length), RUMP_ENXIO);
	EQUAL(rump_sysproxy_ops.rspo_anonmmap(NULL, 4096, &memory), RUMP_ENXIO);
	EQUAL(rump_sysproxy_ops.rspo_raise(NULL, 15), RUMP_ENXIO);
	rump_sysproxy_ops.rspo_fini(NULL);

	EQUAL(rump_sysproxy_ops.rspo_hyp_rfork(NULL, RUMP_RFCFDG, "client"), 0);
	int client = rump_sysproxy_ops.rspo_hyp_getpid();
	HOLDS(client > 1);
	long none[8] = { 0 };
	EQUAL(rump_sysproxy_ops.rspo_hyp_syscall(GETPID, none, results), 0);
	EQUAL(results[0], client);
	rump_sysproxy_ops.rspo_hyp_execnotify("other");
	rump_sysproxy_ops.rspo_hyp_lwpexit();
	HOLDS(rump_pub_lwproc_curlwp() == NULL);
}

int
main(void)
{
	OK(rump_init());
	check_calls();
	check_table();
	check_proxy();

	console_start();
	rump_schedule();
	EQUAL(rump_tputchar('x', 0, NULL), 0);
	EQUAL(rump_ttycheckoutq(NULL, 1), 1);
	rump_unschedule();
	HOLDS(strcmp(console_end(), "x") == 0);
	return 0;
}
