/* needs: vfs */
/* Without component net there are no sockets. */
#include "check.h"

int
main(void)
{
	int pair[2];

	boot();
	FAILS(rump_sys_socket(RUMP_PF_INET, RUMP_SOCK_STREAM, 0), RUMP_ENOSYS);
	FAILS(rump_sys_socketpair(RUMP_PF_LOCAL, RUMP_SOCK_STREAM, 0, pair), RUMP_ENOSYS);
	FAILS(rump_sys_listen(0, 1), RUMP_ENOSYS);
	return 0;
}
