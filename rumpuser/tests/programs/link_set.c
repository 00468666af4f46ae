/*
 * A shared library, or with MAIN a program, with link sets: component numbers from BASE on, one module, and
 * a function with a name of its own. Every object names its symbols alike, so that only a lookup in the
 * object itself finds the right ones.
 */

#define LIBRUMPUSER
#include <sys/types.h>
#include <elf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rump/rumpuser.h>

static const int numbers[] = { BASE, BASE + 1 };
const void *const component_set[] = { &numbers[0], &numbers[1] };
const void *const module_set[] = { &numbers[0] };

__asm__(
    ".globl __start_link_set_rump_components, __stop_link_set_rump_components\n"
    ".set __start_link_set_rump_components, component_set\n"
    ".set __stop_link_set_rump_components, component_set + 16\n"
    ".globl __start_link_set_modules, __stop_link_set_modules\n"
    ".set __start_link_set_modules, module_set\n"
    ".set __stop_link_set_modules, module_set + 8\n"
);

int FUNCTION(void);
int FUNCTION(void) { return BASE; }

#ifdef MAIN
int rumptest_function(void);
int rumphidden_function(void);

static _Thread_local int variable;
_Thread_local int rumptest_thread_local;

static void
load_modules(const struct modinfo *const *modules, size_t count)
{
	printf("%zu module %d\n", count, *(const int *)modules[0]);
}

static int
load_symbols(void *symbols, uint64_t symbols_size, char *strings, uint64_t strings_size)
{
	Elf64_Sym *symbol = symbols, *end = symbol + symbols_size / sizeof(*symbol);
	int found = 0, hidden = 0, strange = 0, locals = 0;

	for (; symbol < end; symbol++) {
		char *name = strings + symbol->st_name;

		if (symbol->st_name + strlen(name) + 1 > strings_size)
			abort();
		found += strcmp(name, "rumptest_function") == 0 &&
		    symbol->st_value == (uintptr_t)rumptest_function;
		found += strcmp(name, "rumpuser_init") == 0 && symbol->st_value == (uintptr_t)rumpuser_init;
		hidden += strcmp(name, "rumphidden_function") == 0;
		locals += strcmp(name, "rumptest_thread_local") == 0;
		strange += strncmp(name, "rump", 4) != 0 && strncmp(name, "RUMP", 4) != 0 &&
		    strncmp(name, "__", 2) != 0;
		/* the kernel shortens names where they are */
		memmove(name, name + 1, strlen(name));
	}
	printf("symbols: %d found, %d hidden, %d strange, %d thread-local, %d left over\n", found, hidden, strange,
	    locals, (int)(symbols_size % sizeof(*symbol)));
	return 0;
}

static void
load_component(const struct rump_component *component)
{
	printf("component %d\n", *(const int *)component);
}

int
main(void)
{
	variable = rumptest_thread_local + rumptest_function() + rumphidden_function();
	rumpuser_dl_bootstrap(load_modules, load_symbols, load_component);
	return variable == 0;
}
#endif
