/* needs: fs_ffs fs_tmpfs vfs */
/* formats: rumpfs tmpfs ufs1le ufs1be ufs2le ufs2be */
/* VOP_REVOKE takes a file away from those who have it open; the vnode itself goes on. */
#include "vnode_test.h"

static void
test(struct vnode *root)
{
	char buffer[8];
	struct vnode *file = make(root, "file", VREG);
	int descriptor = OK(rump_sys_open("file", RUMP_O_RDWR));

	EQUAL(OK(rump_sys_write(descriptor, "data", 4)), 4);
	EQUAL(RUMP_VOP_REVOKE(file, 1), 0);
	EQUAL(RUMP_VOP_ISLOCKED(file), 0);
	FAILS(rump_sys_pread(descriptor, buffer, 4, 0), RUMP_EIO);
	FAILS(rump_sys_write(descriptor, "more", 4), RUMP_EIO);
	OK(rump_sys_close(descriptor));
	EQUAL(attributes_of(file).va_size, 4);
	rump_pub_vp_rele(file);
}
