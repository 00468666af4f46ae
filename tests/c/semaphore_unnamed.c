/* Semaphores without a name: counting, waiting, timing out, errors. */
#include "kernel_calls.h"

static intptr_t id;

static void *
poster(void *argument)
{
	(void)argument;
	usleep(30000);
	OK(rump_sys__ksem_post(id));
	return NULL;
}

int
main(void)
{
	pthread_t thread;
	unsigned int value;
	struct timespec until;

	EQUAL(rump_init(), 0);
	OK(rump_sys__ksem_init(2, &id));
	OK(rump_sys__ksem_wait(id));
	OK(rump_sys__ksem_trywait(id));
	FAILS(rump_sys__ksem_trywait(id), RUMP_EAGAIN);
	OK(rump_sys__ksem_getvalue(id, &value));
	EQUAL(value, 0);
	OK(rump_sys_clock_gettime(0, &until));
	FAILS(rump_sys__ksem_timedwait(id, &until), RUMP_ETIMEDOUT);
	until.tv_nsec = 1000000000;
	FAILS(rump_sys__ksem_timedwait(id, &until), RUMP_EINVAL);
	EQUAL(pthread_create(&thread, NULL, poster, NULL), 0);
	OK(rump_sys__ksem_wait(id));
	EQUAL(pthread_join(thread, NULL), 0);
	OK(rump_sys__ksem_destroy(id));
	FAILS(rump_sys__ksem_post(id), RUMP_EINVAL);
	FAILS(rump_sys__ksem_post(-5), RUMP_EINVAL);
	OK(rump_sys__ksem_init(UINT32_MAX, &id));
	FAILS(rump_sys__ksem_post(id), RUMP_EOVERFLOW);
	OK(rump_sys__ksem_destroy(id));
	return 0;
}
