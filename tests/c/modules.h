/* Modules that note in the test's own journal what they are told, and what modctl(2) tells about them. */

#ifndef TESTS_MODULES_H_
#define TESTS_MODULES_H_

#include <rump/rump_component.h>

#define N_MODCTL_LOAD	0
#define N_MODCTL_UNLOAD	1
#define N_MODCTL_STAT	2
#define N_MODCTL_EXISTS	3
#define N_MODCTL_LOAD_FORCE 1

__attribute__((unused)) static char journal[1024];

#define RECORDED(name, required, on_init, on_fini)					\
static int										\
name##_command(modcmd_t command, void *properties)					\
{											\
	int error = command == MODULE_CMD_INIT ? (on_init) : command == MODULE_CMD_FINI ? (on_fini) : RUMP_ENOTTY; \
	(void)properties;								\
	if (error == 0) {								\
		strcat(journal, command == MODULE_CMD_INIT ? "+" : "-");		\
		strcat(journal, #name " ");						\
	}										\
	return error;									\
}											\
static const struct modinfo name = {							\
	RUMP_MODULE_VERSION, MODULE_CLASS_MISC, name##_command, #name, required		\
}

/* The journal says this; it is empty afterwards. */
#define JOURNAL(expected) do {								\
	if (strcmp(journal, expected) != 0)						\
		check_fail(__FILE__, __LINE__, "journal: expected %s, found %s", expected, journal); \
	journal[0] = '\0';								\
} while (0)

/* Whether there is a module of that name, and what is said about it. */
static inline bool
find_module(const char *name, struct modstat *found)
{
	static struct modstat all[64];
	struct iovec buffer = { all, sizeof all };

	OK(rump_sys_modctl(N_MODCTL_STAT, &buffer));
	HOLDS(buffer.iov_len <= sizeof all && buffer.iov_len % sizeof all[0] == 0);
	for (size_t i = 0; i < buffer.iov_len / sizeof all[0]; i++) {
		if (strcmp(all[i].ms_name, name) == 0) {
			*found = all[i];
			return true;
		}
	}
	return false;
}

#endif /* TESTS_MODULES_H_ */
