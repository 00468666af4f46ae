/* A module that requires another, which may not be there. */
#include <rump/rump_component.h>

int needy_starts;

MODULE(MODULE_CLASS_MISC, needy, "tmpfs,counter");

static int
needy_modcmd(modcmd_t command, void *properties)
{
	(void)properties;
	needy_starts += command == MODULE_CMD_INIT;
	return 0;
}
