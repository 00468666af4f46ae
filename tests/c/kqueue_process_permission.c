/* needs: */
/* Only the superuser may watch the processes of others. */
#include "events.h"

int
main(void)
{
	struct lwp *ours;
	int queue, ours_number, init = 1;

	boot();
	ours = new_process_of(100, 100);
	ours_number = rump_sys_getpid();
	new_process();
	queue = OK(rump_sys_kqueue());
	OK(change(queue, ours_number, N_EVFILT_PROC, N_EV_ADD, N_NOTE_EXIT, 0));
	FAILS(change(queue, init, N_EVFILT_PROC, N_EV_ADD, N_NOTE_EXIT, 0), RUMP_EACCES);
	rump_pub_lwproc_switch(ours);
	rump_pub_lwproc_releaselwp();
	return 0;
}
