/* needs: */
/* Queues cannot watch themselves, however many are between. */
#include "events.h"

int
main(void)
{
	int queues[3];

	boot();
	for (int i = 0; i < 3; i++)
		queues[i] = OK(rump_sys_kqueue());
	FAILS(change(queues[0], queues[0], N_EVFILT_READ, N_EV_ADD, 0, 0), RUMP_ELOOP);
	OK(change(queues[0], queues[1], N_EVFILT_READ, N_EV_ADD, 0, 0));
	OK(change(queues[1], queues[2], N_EVFILT_READ, N_EV_ADD, 0, 0));
	FAILS(change(queues[2], queues[0], N_EVFILT_READ, N_EV_ADD, 0, 0), RUMP_ELOOP);
	FAILS(change(queues[1], queues[0], N_EVFILT_READ, N_EV_ADD, 0, 0), RUMP_ELOOP);
	OK(change(queues[1], queues[2], N_EVFILT_READ, N_EV_DELETE, 0, 0));
	OK(change(queues[2], queues[0], N_EVFILT_READ, N_EV_ADD, 0, 0));
	return 0;
}
