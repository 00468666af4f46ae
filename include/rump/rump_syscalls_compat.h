/*
 * What rump_syscalls.h needs of the host: types, and __RENAME, which binds a
 * function of C to a symbol of another name.
 */

#ifndef _RUMP_RUMP_SYSCALLS_COMPAT_H_
#define _RUMP_RUMP_SYSCALLS_COMPAT_H_

#ifdef _KERNEL
#error <rump/rump_syscalls_compat.h> is for applications
#endif

#include <rump/rump_types.h>

#ifdef __NetBSD__
#include <sys/cdefs.h>
#include <sys/param.h>
#endif

#ifndef __RENAME
#ifdef __ELF__
#define __RUMPSTRINGIFY(x) #x
#else
#define __RUMPSTRINGIFY(x) "_"#x
#endif
#define __RENAME(x) __asm(__RUMPSTRINGIFY(x))
#endif

#endif /* _RUMP_RUMP_SYSCALLS_COMPAT_H_ */
