/* needs: fs_ffs fs_tmpfs vfs */
/* formats: rumpfs tmpfs ufs1le ufs1be ufs2le ufs2be */
/* VOP_SYMLINK makes what VOP_READLINK reads, short and long; only symbolic links have a target. */
#include "vnode_test.h"

static void
link_to(struct vnode *root, const char *name, size_t length)
{
	char target[1024], found[1100];
	struct componentname *component = name_for(RUMP_NAMEI_CREATE, name);
	struct vattr *attributes = attributes_for(VLNK, 0777);
	struct vnode *made;
	struct uio *uio;

	memset(target, 't', length);
	target[length] = '\0';
	EQUAL(RUMP_VOP_LOCK(root, LK_EXCLUSIVE), 0);
	EQUAL(RUMP_VOP_LOOKUP(root, &made, component), JUST_RETURN);
	EQUAL(RUMP_VOP_SYMLINK(root, &made, component, attributes, target), 0);
	EQUAL(RUMP_VOP_ISLOCKED(root), LK_EXCLUSIVE);
	EQUAL(RUMP_VOP_UNLOCK(root), 0);
	rump_pub_freecn(component, 0);
	rump_pub_vattr_free(attributes);

	EQUAL(attributes_of(made).va_type, VLNK);
	EQUAL(attributes_of(made).va_size, length);
	uio = rump_pub_uio_setup(found, sizeof found, 0, RUMPUIO_READ);
	EQUAL(RUMP_VOP_LOCK(made, LK_SHARED), 0);
	EQUAL(RUMP_VOP_READLINK(made, uio, root_credentials), 0);
	EQUAL(RUMP_VOP_UNLOCK(made), 0);
	EQUAL(sizeof found - rump_pub_uio_free(uio), length);
	SAME(found, target, length);
	rump_pub_vp_rele(made);
}

static void
test(struct vnode *root)
{
	char buffer[8];
	struct vnode *file = make(root, "file", VREG);
	struct uio *uio = rump_pub_uio_setup(buffer, sizeof buffer, 0, RUMPUIO_READ);

	link_to(root, "short", 3);
	link_to(root, "middle", 80);
	link_to(root, "long", 900);
	EQUAL(RUMP_VOP_LOCK(file, LK_SHARED), 0);
	EQUAL(RUMP_VOP_READLINK(file, uio, root_credentials), RUMP_EINVAL);
	EQUAL(RUMP_VOP_UNLOCK(file), 0);
	EQUAL(rump_pub_uio_free(uio), sizeof buffer);
	rump_pub_vp_rele(file);
}
