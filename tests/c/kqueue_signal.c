/* needs: */
/* EVFILT_SIGNAL counts the signals of its process, ignored or not. */
#include "events.h"
#include "kernel_calls.h"

enum { ALARM = 14, USER = 30 };

int
main(void)
{
	int queue;
	Event event;

	rump_boot_setsigmodel(RUMP_SIGMODEL_IGNORE);
	boot();
	new_process();
	queue = OK(rump_sys_kqueue());
	OK(change(queue, ALARM, N_EVFILT_SIGNAL, N_EV_ADD, 0, 0));
	OK(kernel_call(CALL_KILL, (uint64_t)rump_sys_getpid(), USER, 0));
	no_event(queue);
	OK(kernel_call(CALL_KILL, (uint64_t)rump_sys_getpid(), ALARM, 0));
	OK(kernel_call(CALL_KILL, (uint64_t)rump_sys_getpid(), ALARM, 0));
	event = one_event(queue);
	EQUAL(event.ident, ALARM);
	EQUAL(event.filter, N_EVFILT_SIGNAL);
	EQUAL(event.data, 2);
	no_event(queue);
	OK(kernel_call(CALL_KILL, (uint64_t)rump_sys_getpid(), ALARM, 0));
	EQUAL(one_event(queue).data, 1);
	return 0;
}
