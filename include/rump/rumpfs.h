/*
 * The file system that a rump kernel has as its root.
 */

#ifndef _RUMP_RUMPFS_H_
#define _RUMP_RUMPFS_H_

#include <stddef.h>

#include <rump/rumpdefs.h>

/* Memory of the application that becomes the contents of a file. */
struct rumpfs_extstorage {
	void *rfse_data;
	size_t rfse_dlen;	/* bytes */
	int rfse_flags;
};

/* fcntl(2) on an empty regular file. */
#define RUMPFS_FCNTL_EXTSTORAGE_ADD \
	RUMP__FCNR_FSPRIV('R', 1, struct rumpfs_extstorage)

#endif /* _RUMP_RUMPFS_H_ */
