/* needs: */
/* kern.posix tells how many semaphores there are and may be, kern.uidinfo how many processes and lwps the caller's user has. */
#include "check.h"
#include "sysctl.h"

static uint64_t
quad_of(const char *name)
{
	uint64_t value;

	EQUAL(value_of(name, &value, sizeof value), sizeof value);
	return value;
}

static int
set_most(int most)
{
	int name[8];
	Node node;
	unsigned length = find_name("kern.posix.semmax", name, &node);

	HOLDS(length == 3);
	return rump_sys___sysctl(name, length, NULL, NULL, &most, sizeof most);
}

int
main(void)
{
	intptr_t first, second, third;
	char text[64];

	boot();
	struct lwp *superuser = new_process();
	EQUAL(int_of("kern.posix.semcnt"), 0);
	EQUAL(int_of("kern.posix.semmax"), 128);
	OK(rump_sys__ksem_init(0, &first));
	OK(rump_sys__ksem_init(0, &second));
	EQUAL(int_of("kern.posix.semcnt"), 2);
	OK(set_most(2));
	EQUAL(int_of("kern.posix.semmax"), 2);
	FAILS(rump_sys__ksem_init(0, &third), RUMP_ENFILE);
	OK(set_most(3));
	OK(rump_sys__ksem_init(0, &third));
	/* Fewer than there are: those stay. */
	OK(set_most(1));
	EQUAL(int_of("kern.posix.semcnt"), 3);
	FAILS(set_most(-1), RUMP_EINVAL);
	EQUAL(int_of("kern.posix.semmax"), 1);
	OK(rump_sys__ksem_destroy(first));
	OK(rump_sys__ksem_destroy(second));
	EQUAL(int_of("kern.posix.semcnt"), 1);
	OK(rump_sys__ksem_destroy(third));

	uint64_t processes = quad_of("kern.uidinfo.proccnt"), lwps = quad_of("kern.uidinfo.lwpcnt");
	HOLDS(processes >= 2 && lwps >= 1);
	struct lwp *user = new_process_of(1000, 1000);
	EQUAL(quad_of("kern.uidinfo.proccnt"), 1);
	EQUAL(quad_of("kern.uidinfo.lwpcnt"), 1);
	EQUAL(rump_pub_lwproc_newlwp(rump_sys_getpid()), 0);
	struct lwp *second_lwp = rump_pub_lwproc_curlwp();
	EQUAL(quad_of("kern.uidinfo.proccnt"), 1);
	EQUAL(quad_of("kern.uidinfo.lwpcnt"), 2);
	new_process();
	EQUAL(quad_of("kern.uidinfo.proccnt"), 2);
	EQUAL(quad_of("kern.uidinfo.lwpcnt"), 3);
	FAILS(set_most(10), RUMP_EPERM);
	rump_pub_lwproc_releaselwp();
	rump_pub_lwproc_switch(superuser);
	EQUAL(quad_of("kern.uidinfo.proccnt"), processes);
	EQUAL(quad_of("kern.uidinfo.lwpcnt"), lwps);
	rump_pub_lwproc_switch(second_lwp);
	rump_pub_lwproc_releaselwp();
	rump_pub_lwproc_switch(user);
	EQUAL(quad_of("kern.uidinfo.lwpcnt"), 1);
	EQUAL(value_of("security.models.suser.name", text, sizeof text), strlen(text) + 1);
	HOLDS(strstr(text, "Superuser") != NULL);
	return 0;
}
