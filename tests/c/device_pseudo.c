/* needs: dev */
/* Pseudo devices of drivers in C are attached when the devices start, in order and once; later ones are not. */
#include "check.h"

void rump_pdev_add(void (*attach)(int), int count);
void rump_pdev_finalize(void);

static int calls, first, second;

static void
attach_first(int count)
{
	first = ++calls * 100 + count;
}

static void
attach_second(int count)
{
	second = ++calls * 100 + count;
}

int
main(void)
{
	rump_pdev_add(attach_first, 4);
	rump_pdev_add(NULL, 1);
	rump_pdev_add(attach_second, -1);
	rump_pdev_finalize();
	rump_pdev_add(attach_first, 9);
	EQUAL(calls, 0);
	boot();
	EQUAL(calls, 2);
	EQUAL(first, 104);
	EQUAL(second, 199);
	/* Without files there are no nodes, and nothing else misses them. */
	EQUAL(rump_sys_open("/dev/null", RUMP_O_RDWR), -1);
	EQUAL(errno, RUMP_ENOSYS);
	return 0;
}
