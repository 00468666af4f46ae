/* needs: fs_ffs fs_tmpfs vfs */
/* formats: rumpfs tmpfs ufs1le ufs1be ufs2le ufs2be */
/* Names and moves do not go from one mount to another. */
#include "vnode.h"

static void
test(struct vnode *root)
{
	struct vnode *other = root_of("/o"), *here = make(root, "here", VREG), *there = make(other, "there", VREG);
	struct componentname *link = name_for(RUMP_NAMEI_CREATE, "link"), *from, *to;
	struct vnode *found;

	EQUAL(RUMP_VOP_LOCK(root, LK_EXCLUSIVE), 0);
	EQUAL(RUMP_VOP_LOOKUP(root, &found, link), JUST_RETURN);
	EQUAL(RUMP_VOP_LINK(root, there, link), RUMP_EXDEV);
	EQUAL(RUMP_VOP_ISLOCKED(root), LK_EXCLUSIVE);
	EQUAL(RUMP_VOP_UNLOCK(root), 0);
	rump_pub_freecn(link, 0);
	EQUAL(attributes_of(there).va_nlink, 1);

	from = name_for(RUMP_NAMEI_DELETE, "here");
	to = name_for(RUMP_NAMEI_RENAME, "moved");
	rump_pub_vp_incref(root);
	rump_pub_vp_incref(here);
	rump_pub_vp_incref(other);
	EQUAL(RUMP_VOP_LOCK(other, LK_EXCLUSIVE), 0);
	EQUAL(RUMP_VOP_LOOKUP(other, &found, to), JUST_RETURN);
	EQUAL(RUMP_VOP_RENAME(root, here, from, other, NULL, to), RUMP_EXDEV);
	EQUAL(RUMP_VOP_ISLOCKED(other), 0);
	rump_pub_freecn(from, 0);
	rump_pub_freecn(to, 0);
	rump_pub_vp_rele(here);
	rump_pub_vp_rele(there);
	rump_pub_vp_rele(other);
	OK(rump_sys_unmount("/o", 0));
}

int
main(int count, char **arguments)
{
	struct vnode *root;

	mount_file_system(count, arguments, "");
	OK(rump_sys_mkdir("/o", 0777));
	OK(try_mount_tmpfs("/o", 0, 0, 0));
	root = root_of(mounted_at);
	test(root);
	rump_pub_vp_rele(root);
	unmount_file_system();
	return 0;
}
