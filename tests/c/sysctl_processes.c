/* needs: */
/* kern.proc2 lists processes. */
#include "check.h"
#include "sysctl.h"

#define SIZE 680

static int
member(const char *process, size_t offset)
{
	int value;

	memcpy(&value, process + offset, sizeof value);
	return value;
}

int
main(void)
{
	static char all[16 * SIZE];
	size_t size = sizeof all, needed = 0;

	boot();
	new_process();
	int parent = rump_sys_getpid();
	new_process_of(1000, 2000);
	int own = rump_sys_getpid();
	OK(rump_sys___sysctl(NAME(N_CTL_KERN, 47, 0, 0, SIZE, 16), all, &size, NULL, 0));
	HOLDS(size % SIZE == 0 && size / SIZE >= 3);
	OK(rump_sys___sysctl(NAME(N_CTL_KERN, 47, 0, 0, SIZE, 0), NULL, &needed, NULL, 0));
	HOLDS(needed >= size);

	size = sizeof all;
	OK(rump_sys___sysctl(NAME(N_CTL_KERN, 47, 1, own, SIZE, 16), all, &size, NULL, 0));
	EQUAL(size, SIZE);
	EQUAL(member(all, 116), own);
	EQUAL(member(all, 120), parent);
	EQUAL(member(all, 136), 1000);
	EQUAL(member(all, 140), 1000);
	EQUAL(member(all, 144), 2000);
	EQUAL(member(all, 148), 2000);
	size = sizeof all;
	OK(rump_sys___sysctl(NAME(N_CTL_KERN, 47, 5, 1000, SIZE, 16), all, &size, NULL, 0));
	EQUAL(size, SIZE);
	/* By process group and by session. */
	EQUAL(member(all, 128), rump_sys_getpgid(0));
	EQUAL(member(all, 124), rump_sys_getsid(0));
	OK(rump_sys_setpgid(0, 0));
	size = sizeof all;
	OK(rump_sys___sysctl(NAME(N_CTL_KERN, 47, 2, own, SIZE, 16), all, &size, NULL, 0));
	EQUAL(size, SIZE);
	EQUAL(member(all, 128), own);
	/* Programs of older systems know less of the structure. */
	size = sizeof all;
	OK(rump_sys___sysctl(NAME(N_CTL_KERN, 47, 5, 1000, 200, 16), all, &size, NULL, 0));
	EQUAL(size, 200);
	size = sizeof all;
	FAILS(rump_sys___sysctl(NAME(N_CTL_KERN, 47, 0, 0, SIZE, 1), all, &size, NULL, 0), RUMP_ENOMEM);
	size = SIZE;
	FAILS(rump_sys___sysctl(NAME(N_CTL_KERN, 47, 0, 0, SIZE, 16), all, &size, NULL, 0), RUMP_ENOMEM);
	FAILS(rump_sys___sysctl(NAME(N_CTL_KERN, 47, 0, 0, SIZE), all, &size, NULL, 0), RUMP_EINVAL);
	return 0;
}
