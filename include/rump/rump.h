/*
 * The interface of a rump kernel to the program that it runs in: booting, and the
 * way into the kernel. System calls are in <rump/rump_syscalls.h>.
 *
 * Functions of type int return 0 or an error number of NetBSD, except where it is
 * said otherwise.
 */

#ifndef _RUMP_RUMP_H_
#define _RUMP_RUMP_H_

#include <rump/rump_types.h>
#include <rump/rumpdefs.h>

/* What becomes of a signal that a rump kernel raises. */
enum rump_sigmodel {
	RUMP_SIGMODEL_PANIC,		/* the kernel stops */
	RUMP_SIGMODEL_IGNORE,		/* nothing */
	RUMP_SIGMODEL__HOST_NOTANYMORE,	/* not in use */
	RUMP_SIGMODEL_RAISE,		/* the host raises it */
	RUMP_SIGMODEL_RECORD		/* it is pending for those who ask */
};

/* rump_pub_lwproc_rfork(): the descriptors of the new process. */
#define RUMP_RFFDG	0x01		/* copied */
#define RUMP_RFCFDG	0x02		/* none */
#define RUMP_RFFD_SHARE	0x00		/* shared with the parent */
#define RUMP_RFFD_COPY	RUMP_RFFDG
#define RUMP_RFFD_CLEAR	RUMP_RFCFDG

/* rump_pub_freecn(): drop the credentials, too. */
#define RUMPCN_FREECRED	0x02

/* A size of rump_pub_etfs_register_withsize(): up to the end of the file. */
#define RUMP_ETFS_SIZE_ENDOFF ((uint64_t)-1)

/* A host file that is there from the first moment of the kernel. */
struct rump_boot_etfs {
	const char *eb_key;		/* its path in the rump kernel */
	const char *eb_hostpath;
	enum rump_etfs_type eb_type;
	uint64_t eb_begin;		/* first byte */
	uint64_t eb_size;		/* bytes */

	struct rump_boot_etfs *_eb_next; /* the kernel's */
	int eb_status;			/* after rump_init(): 0 or an error */
};

#ifdef __cplusplus
extern "C" {
#endif

/* The version of the kernel: 100000000 * major + 1000000 * minor + 100 * patch. */
int rump_getversion(void);
int rump_pub_getversion(void);
/* Whether the structures of the host's headers are NetBSD's: 0 or 1. */
int rump_nativeabi_p(void);

/* Before rump_init(): flags RUMP_RB_* and RUMP_AB_*, signals, host files. */
int rump_boot_gethowto(void);
void rump_boot_sethowto(int);
void rump_boot_setsigmodel(enum rump_sigmodel);
void rump_boot_etfs_register(struct rump_boot_etfs *);

int rump_init(void);
/* Serves the system calls of other processes at a URL. */
int rump_init_server(const char *);

/*
 * Around rump_init(): the process goes to the background, and the parent exits
 * with the status that rump_daemonize_done() is given.
 */
int rump_daemonize_begin(void);
int rump_daemonize_done(int);
#define RUMP_DAEMONIZE_SUCCESS 0

/* Takes a virtual CPU and a thread context of the kernel; gives them back. */
void rump_schedule(void);
void rump_unschedule(void);

void rump_printevcnts(void);

#ifdef __cplusplus
}
#endif

#ifndef _KERNEL
#include <rump/rumpkern_if_pub.h>
#include <rump/rumpnet_if_pub.h>
#include <rump/rumpvfs_if_pub.h>
#endif

#include <rump/rump_syscallshotgun.h>

#endif /* _RUMP_RUMP_H_ */
