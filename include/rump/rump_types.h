/*
 * The types that several headers of the rump interface mention: those of the
 * host, and NetBSD's, of which applications see no more than pointers.
 */

#ifndef _RUMP_RUMP_TYPES_H_
#define _RUMP_RUMP_TYPES_H_

#include <stddef.h>
#include <stdint.h>

#ifndef RUMP_HOST_NOT_POSIX
#include <sys/types.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <signal.h>
#endif

struct componentname;
struct fid;
struct kauth_cred;
struct lwp;
struct modinfo;
struct mount;
struct stat;
struct statvfs;
struct uio;
struct vattr;
struct vfsops;
struct vnode;

/* The way of a transfer, seen from the kernel's object. */
enum rump_uiorw { RUMPUIO_READ, RUMPUIO_WRITE };

/* What a host file looks like inside the rump kernel. */
enum rump_etfs_type {
	RUMP_ETFS_REG,		/* a regular file */
	RUMP_ETFS_BLK,		/* a block device */
	RUMP_ETFS_CHR,		/* a character device */
	RUMP_ETFS_DIR,		/* a directory without its subdirectories */
	RUMP_ETFS_DIR_SUBDIRS	/* a directory with everything below it */
};

#endif /* _RUMP_RUMP_TYPES_H_ */
