/* needs: vfs */
/* Kernel objects in files are not supported, which modctl(2) says. */
#include "check.h"
#include "modules.h"

int
main(void)
{
	struct rump_modctl_load load = { .ml_filename = "/example.kmod" };

	boot();
	make_file("/example.kmod", "\177ELF", 4);
	FAILS(rump_sys_modctl(N_MODCTL_LOAD, &load), RUMP_EOPNOTSUPP);
	load.ml_props = "<plist/>";
	load.ml_propslen = 9;
	FAILS(rump_sys_modctl(N_MODCTL_LOAD, &load), RUMP_EOPNOTSUPP);
	load.ml_propslen = 5000;
	FAILS(rump_sys_modctl(N_MODCTL_LOAD, &load), RUMP_ENOMEM);
	return 0;
}
