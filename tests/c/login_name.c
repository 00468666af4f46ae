/* The login name is the session's; only the superuser sets it. */
#include "check.h"

int
main(void)
{
	char name[16];

	EQUAL(rump_init(), 0);
	OK(rump_sys___getlogin(name, sizeof name));
	EQUAL(name[0], '\0');
	OK(rump_sys___setlogin("someone"));
	OK(rump_sys___getlogin(name, sizeof name));
	EQUAL(strcmp(name, "someone"), 0);
	FAILS(rump_sys___setlogin("far_too_long_for_a_login_name"), RUMP_EINVAL);
	OK(rump_sys_setuid(3));
	FAILS(rump_sys___setlogin("other"), RUMP_EPERM);
	OK(rump_sys___getlogin(name, sizeof name));
	EQUAL(strcmp(name, "someone"), 0);
	return 0;
}
