/* A module and components that a test loads; it reads the journal. */
#include <string.h>

#include <rump/rump.h>
#include <rump/rump_component.h>
#include <rump/rump_syscalls.h>

char counter_journal[256];

static void
note(const char *what)
{
	strcat(counter_journal, what);
	strcat(counter_journal, " ");
}

RUMP_COMPONENT(RUMP_COMPONENT_SYSCALL) { note("syscall"); }
RUMP_COMPONENT(RUMP_COMPONENT_POSTINIT) { note("postinit"); }
RUMP_COMPONENT(RUMP_COMPONENT_KERN_VFS) { note("kern_vfs"); }
RUMP_COMPONENT(RUMP_COMPONENT_VFS) { note("vfs"); }
RUMP_COMPONENT(RUMP_COMPONENT_NET_ROUTE) { note("net_route"); }
/* The kernel can be used from within. */
RUMP_COMPONENT(RUMP_COMPONENT_KERN) { note(rump_sys_getpid() == 1 ? "kern" : "nobody"); }

MODULE(MODULE_CLASS_DRIVER, counter, NULL);

static int
counter_modcmd(modcmd_t command, void *properties)
{
	(void)properties;
	note(command == MODULE_CMD_INIT ? "+" : command == MODULE_CMD_FINI ? "-" : "?");
	return 0;
}
