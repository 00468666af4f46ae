/* needs: */
/* A set of modules is started whole or not at all, with a reason: NetBSD's kernel stops there. */
#include "check.h"
#include "console.h"
#include "modules.h"

RECORDED(aa, NULL, 0, 0);
RECORDED(bb, "aa", RUMP_ENXIO, 0);
RECORDED(cc, "dd", 0, 0);
RECORDED(ring1, "ring2", 0, 0);
RECORDED(ring2, "ring1", 0, 0);
RECORDED(stays, NULL, 0, RUMP_EBUSY);

int
main(void)
{
	const struct modinfo *const set[] = { &bb, &aa }, *const alone[] = { &cc }, *const twice[] = { &aa, &aa };
	const struct modinfo *const ring[] = { &ring1, &ring2 }, *const stay[] = { &stays };
	struct modinfo stale = aa;
	const struct modinfo *const stale_set[] = { &stale };
	struct modstat status;

	boot();
	console_start();
	int refused = rump_pub_module_init(set, 2), missing = rump_pub_module_init(alone, 1);
	int circle = rump_pub_module_init(ring, 2);
	stale.mi_version -= 100;
	int version = rump_pub_module_init(stale_set, 1);
	const char *text = console_end();
	EQUAL(refused, RUMP_ENXIO);
	EQUAL(missing, RUMP_ENOENT);
	EQUAL(circle, RUMP_EDEADLK);
	EQUAL(version, RUMP_EPROGMISMATCH);
	HOLDS(strstr(text, "`bb' did not start: ENXIO") != NULL);
	HOLDS(strstr(text, "`cc' requires `dd', which is not there") != NULL);
	HOLDS(strstr(text, "requires itself") != NULL);
	HOLDS(strstr(text, "799003300") != NULL);
	JOURNAL("+aa -aa ");
	HOLDS(!find_module("aa", &status) && !find_module("bb", &status) && !find_module("cc", &status));
	EQUAL(rump_pub_module_init(twice, 2), RUMP_EEXIST);
	EQUAL(rump_pub_module_init(NULL, 2), RUMP_EFAULT);
	EQUAL(rump_pub_module_init(twice, (size_t)-1), RUMP_EFAULT);
	EQUAL(rump_pub_module_fini(NULL), RUMP_EINVAL);
	HOLDS(!find_module("aa", &status));

	EQUAL(rump_pub_module_init(stay, 1), 0);
	EQUAL(rump_pub_module_fini(&stays), RUMP_EBUSY);
	HOLDS(find_module("stays", &status));
	EQUAL(status.ms_refcnt, 0);

	/* Only the superuser. */
	new_process_of(1000, 1000);
	EQUAL(rump_pub_module_init(set, 2), RUMP_EPERM);
	EQUAL(rump_pub_module_fini(&stays), RUMP_EPERM);
	return 0;
}
