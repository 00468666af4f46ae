/* What timer_create and its kin refuse; a process has 32 timers, and a child has none of them. */
#include "kernel_calls.h"

int
main(void)
{
	struct { int notify, signal; uint64_t rest[3]; } event = { 1, 64, { 0 } };
	struct netbsd_itimerspec bad = { { 0, 0 }, { 0, 1000000000 } }, none = { { 0, 0 }, { 0, 0 } };
	int timer;

	rump_boot_setsigmodel(RUMP_SIGMODEL_RECORD);
	EQUAL(rump_init(), 0);
	FAILS(rump_sys_timer_create(77, NULL, (void *)&timer), RUMP_EINVAL);
	FAILS(rump_sys_timer_create(4, NULL, (void *)&timer), RUMP_EINVAL);
	FAILS(rump_sys_timer_create(0, (void *)&event, (void *)&timer), RUMP_EINVAL);
	FAILS(rump_sys_timer_create(0, NULL, NULL), RUMP_EFAULT);
	event.notify = 4;
	FAILS(rump_sys_timer_create(0, (void *)&event, (void *)&timer), RUMP_EINVAL);
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR), 0);
	for (int i = 0; i < 32; i++)
		OK(rump_sys_timer_create(0, NULL, (void *)&timer));
	FAILS(rump_sys_timer_create(0, NULL, (void *)&timer), RUMP_EAGAIN);
	FAILS(rump_sys_timer_settime(timer_handle(timer), 0, (void *)&bad, NULL), RUMP_EINVAL);
	FAILS(rump_sys_timer_settime(timer_handle(-1), 0, (void *)&none, NULL), RUMP_EINVAL);
	FAILS(rump_sys_timer_settime(timer_handle(1000), 0, (void *)&none, NULL), RUMP_EINVAL);
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR), 0);
	FAILS(rump_sys_timer_delete(timer_handle(timer)), RUMP_EINVAL);
	return 0;
}
