/* needs: vfs */
/* modctl(2): what there is, unloading, and loading again, by force. */
#include "check.h"
#include "modules.h"

RECORDED(aa, NULL, 0, 0);
RECORDED(bb, "aa", 0, 0);

int
main(void)
{
	const struct modinfo *const set[] = { &aa, &bb };
	struct rump_modctl_load load = { .ml_filename = "aa" };
	struct modstat status, room;
	struct iovec buffer = { &room, 10 };
	char name[64];

	boot();
	EQUAL(rump_pub_module_init(set, 2), 0);
	memset(&room, 0x55, sizeof room);
	OK(rump_sys_modctl(N_MODCTL_STAT, &buffer));
	HOLDS(buffer.iov_len >= 2 * sizeof room && buffer.iov_len % sizeof room == 0);
	ALL((char *)&room + 10, 0x55, sizeof room - 10);
	HOLDS(strcmp((char *)&room, "bb") == 0);

	FAILS(rump_sys_modctl(N_MODCTL_UNLOAD, "aa"), RUMP_EBUSY);
	FAILS(rump_sys_modctl(N_MODCTL_UNLOAD, "nobody"), RUMP_ENOENT);
	memset(name, 'x', sizeof name);
	name[sizeof name - 1] = '\0';
	FAILS(rump_sys_modctl(N_MODCTL_UNLOAD, name), RUMP_ENAMETOOLONG);
	FAILS(rump_sys_modctl(N_MODCTL_LOAD, &load), RUMP_EEXIST);
	OK(rump_sys_modctl(N_MODCTL_UNLOAD, "bb"));
	OK(rump_sys_modctl(N_MODCTL_UNLOAD, "aa"));
	HOLDS(find_module("aa", &status));
	EQUAL(status.ms_refcnt, UINT32_MAX);
	FAILS(rump_sys_modctl(N_MODCTL_LOAD, &load), RUMP_EPERM);
	load.ml_filename = "bb";
	load.ml_flags = N_MODCTL_LOAD_FORCE;
	OK(rump_sys_modctl(N_MODCTL_LOAD, &load));
	JOURNAL("+aa +bb -bb -aa +aa +bb ");

	load.ml_props = "<plist/>";
	FAILS(rump_sys_modctl(N_MODCTL_LOAD, &load), RUMP_EINVAL);
	FAILS(rump_sys_modctl(4, NULL), RUMP_EINVAL);
	FAILS(rump_sys_modctl(-1, NULL), RUMP_EINVAL);
	/* Whether the caller may load, and whether the kernel may by itself. */
	OK(rump_sys_modctl(N_MODCTL_EXISTS, (void *)0));
	OK(rump_sys_modctl(N_MODCTL_EXISTS, (void *)1));
	FAILS(rump_sys_modctl(N_MODCTL_EXISTS, (void *)2), RUMP_EINVAL);

	new_process_of(1000, 1000);
	FAILS(rump_sys_modctl(N_MODCTL_UNLOAD, "bb"), RUMP_EPERM);
	FAILS(rump_sys_modctl(N_MODCTL_EXISTS, (void *)0), RUMP_EPERM);
	OK(rump_sys_modctl(N_MODCTL_EXISTS, (void *)1));
	load.ml_props = NULL;
	FAILS(rump_sys_modctl(N_MODCTL_LOAD, &load), RUMP_EPERM);
	HOLDS(find_module("bb", &status));
	return 0;
}
