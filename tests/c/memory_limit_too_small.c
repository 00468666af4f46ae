/* needs: vfs */
/* A limit that leaves no room for a kernel makes the boot fail; the program goes on. */
#include "check.h"

int
main(void)
{
	setenv("RUMP_MEMLIMIT", "64k", 1);
	int error = rump_init();
	if (error == 0)
		/* Then it must work. */
		OK(rump_sys_open("/", RUMP_O_RDONLY));
	return 0;
}
