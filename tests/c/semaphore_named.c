/* Semaphores with a name: made once, shared between processes, guarded by their mode, gone when unlinked and closed. */
#include "check.h"

#define O_CREAT_	0x200
#define O_EXCL_		0x800

int
main(void)
{
	intptr_t first, second;
	unsigned int value;

	EQUAL(rump_init(), 0);
	FAILS(rump_sys__ksem_open("/s", 0, 0, 0, &first), RUMP_ENOENT);
	FAILS(rump_sys__ksem_open("s", O_CREAT_, 0600, 1, &first), RUMP_EINVAL);
	FAILS(rump_sys__ksem_open("/a/b", O_CREAT_, 0600, 1, &first), RUMP_EINVAL);
	FAILS(rump_sys__ksem_open("/fifteen_letters", O_CREAT_, 0600, 1, &first), RUMP_ENAMETOOLONG);
	OK(rump_sys__ksem_open("/s", O_CREAT_ | O_EXCL_, 0600, 1, &first));
	FAILS(rump_sys__ksem_open("/s", O_CREAT_ | O_EXCL_, 0600, 1, &second), RUMP_EEXIST);
	OK(rump_sys__ksem_open("/s", O_CREAT_, 0600, 7, &second));
	OK(rump_sys__ksem_post(first));
	OK(rump_sys__ksem_getvalue(second, &value));
	EQUAL(value, 2);
	FAILS(rump_sys__ksem_destroy(first), RUMP_EINVAL);
	OK(rump_sys__ksem_close(second));

	void *superuser = rump_pub_lwproc_curlwp();
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFFD_CLEAR), 0);
	FAILS(rump_sys__ksem_post(first), RUMP_EINVAL);
	OK(rump_sys_setuid(9));
	FAILS(rump_sys__ksem_open("/s", 0, 0, 0, &second), RUMP_EACCES);
	FAILS(rump_sys__ksem_unlink("/s"), RUMP_EACCES);
	rump_pub_lwproc_releaselwp();
	rump_pub_lwproc_switch(superuser);

	OK(rump_sys__ksem_unlink("/s"));
	FAILS(rump_sys__ksem_unlink("/s"), RUMP_ENOENT);
	FAILS(rump_sys__ksem_open("/s", 0, 0, 0, &second), RUMP_ENOENT);
	OK(rump_sys__ksem_getvalue(first, &value));
	EQUAL(value, 2);
	OK(rump_sys__ksem_close(first));
	return 0;
}
