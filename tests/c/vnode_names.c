/* needs: fs_tmpfs vfs */
/* Names come, go and move through the vnode operations; locks and references are as vnode_if.src says. */
#include "vnode.h"

static void
remove_name(struct vnode *directory, struct vnode *file, const char *name, int type)
{
	struct componentname *component = name_for(RUMP_NAMEI_DELETE, name);

	/* Both references and both locks go with the call. */
	rump_pub_vp_incref(directory);
	EQUAL(RUMP_VOP_LOCK(directory, LK_EXCLUSIVE), 0);
	EQUAL(RUMP_VOP_LOCK(file, LK_EXCLUSIVE), 0);
	if (type == VDIR)
		EQUAL(RUMP_VOP_RMDIR(directory, file, component), 0);
	else
		EQUAL(RUMP_VOP_REMOVE(directory, file, component), 0);
	EQUAL(RUMP_VOP_ISLOCKED(directory), 0);
	rump_pub_freecn(component, 0);
}

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
	remove_name(directory, found, "moved", VREG);
	HOLDS(look_up(directory, "moved") == NULL);
	rump_pub_vp_incref(file);
	remove_name(root, file, "file", VREG);
	EQUAL(attributes_of(file).va_nlink, 0);
	rump_pub_vp_rele(file);
	remove_name(root, directory, "directory", VDIR);
	HOLDS(look_up(root, "directory") == NULL);
}

int
main(void)
{
	on_each_file_system(test);
	return 0;
}
