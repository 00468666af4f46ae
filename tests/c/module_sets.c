/* needs: */
/* A set of modules is started in the order of what they require; a name comes once; what others require is busy. */
#include "check.h"
#include "modules.h"

RECORDED(aa, NULL, 0, 0);
RECORDED(bb, "aa", 0, 0);
RECORDED(cc, "aa,bb", 0, 0);

int
main(void)
{
	const struct modinfo *const set[] = { &cc, &bb, &aa };
	const struct modinfo *const again[] = { &bb };
	struct modstat status;

	boot();
	EQUAL(rump_pub_module_init(set, 3), 0);
	JOURNAL("+aa +bb +cc ");
	HOLDS(find_module("aa", &status));
	EQUAL(status.ms_refcnt, 2);
	EQUAL(status.ms_class, MODULE_CLASS_MISC);
	EQUAL(status.ms_source, 0);
	HOLDS(find_module("cc", &status));
	EQUAL(status.ms_refcnt, 0);
	HOLDS(strcmp(status.ms_required, "aa,bb") == 0);

	EQUAL(rump_pub_module_init(again, 1), RUMP_EEXIST);
	EQUAL(rump_pub_module_fini(&aa), RUMP_EBUSY);
	EQUAL(rump_pub_module_fini(&bb), RUMP_EBUSY);
	JOURNAL("");
	EQUAL(rump_pub_module_fini(&cc), 0);
	EQUAL(rump_pub_module_fini(&bb), 0);
	EQUAL(rump_pub_module_fini(&aa), 0);
	JOURNAL("-cc -bb -aa ");
	HOLDS(!find_module("aa", &status));
	EQUAL(rump_pub_module_init(set, 3), 0);
	JOURNAL("+aa +bb +cc ");
	EQUAL(rump_pub_module_init(set, 0), 0);
	return 0;
}
