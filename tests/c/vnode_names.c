/* needs: fs_ffs fs_tmpfs vfs */
/* formats: rumpfs tmpfs ufs1le ufs1be ufs2le ufs2be */
/* Names come, go and move through the vnode operations; locks and references are as vnode_if.src says. */
#include "vnode_test.h"

static void
test(struct vnode *root)
{
	struct vnode *file, *directory, *found;
	struct componentname *from, *to;

	HOLDS(look_up(root, "file") == NULL);
	file = make(root, "file", VREG);
	directory = make(root, "directory", VDIR);
	found = look_up(root, "file");
	HOLDS(found == file);
	rump_pub_vp_rele(found);
	found = look_up(directory, "..");
	HOLDS(found == root);
	rump_pub_vp_rele(found);

	/* A second time is EEXIST, and nothing is unlocked. */
	to = name_for(RUMP_NAMEI_CREATE, "file");
	struct vattr *attributes = attributes_for(VREG, 0644);
	EQUAL(RUMP_VOP_LOCK(root, LK_EXCLUSIVE), 0);
	EQUAL(RUMP_VOP_CREATE(root, &found, to, attributes), RUMP_EEXIST);
	EQUAL(RUMP_VOP_ISLOCKED(root), LK_EXCLUSIVE);
	EQUAL(RUMP_VOP_UNLOCK(root), 0);
	rump_pub_vattr_free(attributes);
	rump_pub_freecn(to, 0);

	/* Lookups that are to be followed by a creation say so. */
	to = name_for(RUMP_NAMEI_CREATE, "new");
	EQUAL(RUMP_VOP_LOCK(root, LK_EXCLUSIVE), 0);
	EQUAL(RUMP_VOP_LOOKUP(root, &found, to), -2);
	HOLDS(found == NULL);
	EQUAL(RUMP_VOP_UNLOCK(root), 0);
	rump_pub_freecn(to, 0);

	/* Another name, then a move into the directory. */
	to = name_for(RUMP_NAMEI_CREATE, "link");
	EQUAL(RUMP_VOP_LOCK(root, LK_EXCLUSIVE), 0);
	EQUAL(RUMP_VOP_LINK(root, file, to), 0);
	EQUAL(RUMP_VOP_ISLOCKED(root), LK_EXCLUSIVE);
	EQUAL(RUMP_VOP_UNLOCK(root), 0);
	rump_pub_freecn(to, 0);
	EQUAL(attributes_of(file).va_nlink, 2);

	from = name_for(RUMP_NAMEI_DELETE, "link");
	to = name_for(RUMP_NAMEI_RENAME, "moved");
	rump_pub_vp_incref(root);
	rump_pub_vp_incref(file);
	rump_pub_vp_incref(directory);
	EQUAL(RUMP_VOP_LOCK(directory, LK_EXCLUSIVE), 0);
	EQUAL(RUMP_VOP_RENAME(root, file, from, directory, NULL, to), 0);
	EQUAL(RUMP_VOP_ISLOCKED(directory), 0);
	rump_pub_freecn(from, 0);
	rump_pub_freecn(to, 0);
	HOLDS(look_up(root, "link") == NULL);
	found = look_up(directory, "moved");
	HOLDS(found == file);

	/* What is removed keeps its references until they are given up. */
	rump_pub_vp_rele(found);
	EQUAL(try_remove(directory, "moved", VREG), 0);
	HOLDS(look_up(directory, "moved") == NULL);
	EQUAL(try_remove(root, "file", VREG), 0);
	EQUAL(attributes_of(file).va_nlink, 0);
	rump_pub_vp_rele(file);
	rump_pub_vp_rele(directory);
	EQUAL(try_remove(root, "directory", VDIR), 0);
	HOLDS(look_up(root, "directory") == NULL);
}
