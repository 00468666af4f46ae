/* SIGIO from descriptors: NetBSD's constants, and looking whether it has come. */

#ifndef TESTS_SIGNAL_IO_H_
#define TESTS_SIGNAL_IO_H_

#include "kernel_calls.h"

#define N_FIOASYNC	0x8004667dUL
#define N_FIOSETOWN	0x8004667cUL
#define N_FIOGETOWN	0x4004667bUL
#define N_TIOCSPGRP	0x80047476UL
#define N_TIOCGPGRP	0x40047477UL
#define N_F_GETOWN	5
#define N_F_SETOWN	6
#define N_O_ASYNC	0x40
#define N_SIGIO		23

/* Whether SIGIO has come since the last time. */
static inline bool
has_signal(void)
{
	struct netbsd_signals wanted = signals_of(N_SIGIO);
	struct timespec none = { 0, 0 };

	return kernel_call(CALL_SIGTIMEDWAIT, (uintptr_t)&wanted, 0, (uintptr_t)&none) == N_SIGIO;
}

#endif
