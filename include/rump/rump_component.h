/*
 * For components and modules that are written in C and loaded into a rump kernel as shared libraries, as NetBSD's are:
 *
 *	#include <rump/rump_component.h>
 *
 *	RUMP_COMPONENT(RUMP_COMPONENT_KERN)
 *	{
 *		... called once, by rump_init(), or when the library is loaded later
 *	}
 *
 *	MODULE(MODULE_CLASS_MISC, example, NULL)
 *
 *	static int
 *	example_modcmd(modcmd_t command, void *properties)
 *	{
 *		... called with MODULE_CMD_INIT and MODULE_CMD_FINI; 0 or an error number of NetBSD
 *	}
 *
 * A library is found by its link sets: arrays of pointers in sections of their own, between __start_link_set_NAME and
 * __stop_link_set_NAME. rump_init() looks at all libraries that are loaded. A program that loads one later hands its
 * modules over:
 *
 *	start = dlsym(library, "__start_link_set_modules");
 *	stop = dlsym(library, "__stop_link_set_modules");
 *	error = rump_pub_module_init(start, stop - start);
 *
 * and takes them back with rump_pub_module_fini() before it unloads the library. Link such a library with -lrump.
 */

#ifndef _RUMP_RUMP_COMPONENT_H_
#define _RUMP_RUMP_COMPONENT_H_

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- link sets ---- */

#define _RUMP_LINK_SET_ADD(set, symbol)						\
	static const void *const _rump_link_set_##set##_##symbol			\
	    __attribute__((__section__("link_set_" #set), __used__)) = &symbol;		\
	_RUMP_LINK_SET_ENDS(set, symbol)

/* The linker defines the two ends where they are mentioned. */
#define _RUMP_LINK_SET_ENDS(set, symbol)						\
	extern const void *const __start_link_set_##set[];				\
	extern const void *const __stop_link_set_##set[];				\
	static const void *const *const _rump_link_set_ends_##set##_##symbol[2]		\
	    __attribute__((__used__)) = { __start_link_set_##set, __stop_link_set_##set }

/* ---- components ---- */

/* When a component starts. Those of DEV, NET and VFS do so only where that faction is there, and wait for it. */
enum rump_component_type {
	RUMP_COMPONENT_DEV,
	RUMP_COMPONENT_DEV_AFTERMAINBUS,
	RUMP_COMPONENT_NET,
	RUMP_COMPONENT_NET_ROUTE,
	RUMP_COMPONENT_NET_IF,
	RUMP_COMPONENT_NET_IFCFG,
	RUMP_COMPONENT_VFS,
	RUMP_COMPONENT_KERN,		/* first of all */
	RUMP_COMPONENT_KERN_VFS,	/* after the factions */
	RUMP_COMPONENT_POSTINIT,	/* after all modules */
	RUMP_COMPONENT_SYSCALL,		/* last of all */

	RUMP__FACTION_DEV,
	RUMP__FACTION_VFS,
	RUMP__FACTION_NET,

	RUMP_COMPONENT_MAX
};

struct rump_component {
	enum rump_component_type rc_type;
	void (*rc_init)(void);
	struct {				/* the kernel's */
		struct rump_component *le_next;
		struct rump_component **le_prev;
	} rc_entries;
};

void rump_component_load(const struct rump_component *);
void rump_component_unload(struct rump_component *);
int rump_component_count(enum rump_component_type);
void rump_component_init(enum rump_component_type);

/* One of each type in a source file; the function's body follows. */
#define RUMP_COMPONENT(type)								\
static void rumpcompinit##type(void);							\
static struct rump_component rumpcomp##type = {						\
	type, rumpcompinit##type, { NULL, NULL }					\
};											\
_RUMP_LINK_SET_ADD(rump_components, rumpcomp##type);					\
static void __attribute__((__constructor__)) rumpcomp_ctor##type(void)			\
{ rump_component_load(&rumpcomp##type); }						\
static void __attribute__((__destructor__)) rumpcomp_dtor##type(void)			\
{ rump_component_unload(&rumpcomp##type); }						\
static void rumpcompinit##type(void)

/* ---- modules ---- */

/* The kernel that a module is built for; another one refuses it. */
#define RUMP_MODULE_VERSION 799003400

#define MAXMODNAME 32		/* bytes of a name, with the NUL */
#define MAXMODDEPS 10		/* one more than a module may require */

typedef enum modclass {
	MODULE_CLASS_ANY,
	MODULE_CLASS_MISC,
	MODULE_CLASS_VFS,
	MODULE_CLASS_DRIVER,
	MODULE_CLASS_EXEC,
	MODULE_CLASS_SECMODEL
} modclass_t;

typedef enum modcmd {
	MODULE_CMD_INIT,
	MODULE_CMD_FINI,
	MODULE_CMD_STAT,
	MODULE_CMD_AUTOUNLOAD
} modcmd_t;

typedef struct modinfo {
	unsigned int mi_version;
	modclass_t mi_class;
	int (*mi_modcmd)(modcmd_t, void *);
	const char *mi_name;
	const char *mi_required;	/* names with commas between them, or NULL */
} const modinfo_t;

/* What MODCTL_STAT of modctl(2) tells about a module. */
typedef struct modstat {
	char ms_name[MAXMODNAME];
	char ms_required[MAXMODNAME * MAXMODDEPS];
	unsigned long long ms_addr;
	int ms_source;			/* 0: linked in */
	modclass_t ms_class;
	unsigned int ms_size;
	unsigned int ms_refcnt;		/* modules that require it; (unsigned)-1: not started */
	unsigned int ms_flags;
	unsigned int ms_reserved[3];
} modstat_t;

/* NAME_modcmd() follows. */
#define MODULE(kind, name, required)							\
static int name##_modcmd(modcmd_t, void *);						\
static const struct modinfo name##_modinfo = {						\
	RUMP_MODULE_VERSION, (kind), name##_modcmd, #name, (required)			\
};											\
_RUMP_LINK_SET_ADD(modules, name##_modinfo)

#ifdef __cplusplus
}
#endif

#endif /* _RUMP_RUMP_COMPONENT_H_ */
