/* needs: fs_ffs fs_tmpfs vfs */
/* formats: rumpfs tmpfs ufs1le ufs1be ufs2le ufs2be */
/* VOP_READDIR in small pieces meets every entry once; cookies say where each successor begins; files have no entries. */
#include "vnode_test.h"

enum { FILES = 50 };

static void
test(struct vnode *root)
{
	char buffer[1024], name[32];
	struct vnode *directory = make(root, "directory", VDIR);
	int seen[FILES] = { 0 }, entries = 0, end = 0, count;
	off_t offset = 0, *cookies;

	for (int file = 0; file < FILES; file++) {
		snprintf(name, sizeof name, "name-%d", file);
		make_name(directory, name, VREG);
	}
	EQUAL(RUMP_VOP_LOCK(directory, LK_SHARED), 0);
	while (!end) {
		struct uio *uio = rump_pub_uio_setup(buffer, sizeof buffer, offset, RUMPUIO_READ);
		size_t length;
		int found = 0, file;

		cookies = NULL;
		EQUAL(RUMP_VOP_READDIR(directory, uio, root_credentials, &end, &cookies, &count), 0);
		offset = rump_pub_uio_getoff(uio);
		length = sizeof buffer - rump_pub_uio_free(uio);
		for (size_t at = 0; at < length; found++) {
			struct rump_netbsd_dirent *entry = (void *)&buffer[at];

			if (sscanf(entry->d_name, "name-%d", &file) == 1)
				seen[file]++;
			at += entry->d_reclen;
		}
		HOLDS(found > 0 || end);
		EQUAL(count, found);
		if (found > 0)
			EQUAL(cookies[found - 1], offset);
		free(cookies);
		entries += found;
	}
	EQUAL(RUMP_VOP_ISLOCKED(directory), LK_SHARED);
	EQUAL(RUMP_VOP_UNLOCK(directory), 0);
	EQUAL(entries, FILES + 2);
	for (int file = 0; file < FILES; file++)
		EQUAL(seen[file], 1);

	struct vnode *file = look_up(directory, "name-0");
	struct uio *uio = rump_pub_uio_setup(buffer, sizeof buffer, 0, RUMPUIO_READ);
	EQUAL(RUMP_VOP_LOCK(file, LK_SHARED), 0);
	EQUAL(RUMP_VOP_READDIR(file, uio, root_credentials, &end, NULL, NULL), RUMP_ENOTDIR);
	EQUAL(RUMP_VOP_UNLOCK(file), 0);
	rump_pub_uio_free(uio);
	rump_pub_vp_rele(file);
	rump_pub_vp_rele(directory);
}
