/* needs: fs_ffs fs_tmpfs vfs */
/* formats: rumpfs tmpfs ufs1le ufs1be ufs2le ufs2be */
/* Lookups: dots, names that are too long or not there, what is no directory; the directory stays locked. */
#include "vnode_test.h"

static void
test(struct vnode *root)
{
	char name[301];
	struct vnode *file = make(root, "file", VREG), *directory = make(root, "directory", VDIR), *found;

	memset(name, 'n', sizeof name);
	EQUAL(RUMP_VOP_LOCK(root, LK_EXCLUSIVE), 0);
	EQUAL(look_up_for(RUMP_NAMEI_LOOKUP, root, "nothing", root_credentials, &found), RUMP_ENOENT);
	EQUAL(look_up_for(RUMP_NAMEI_DELETE, root, "nothing", root_credentials, &found), RUMP_ENOENT);
	EQUAL(look_up_for(RUMP_NAMEI_CREATE, root, "nothing", root_credentials, &found), JUST_RETURN);
	EQUAL(look_up_for(RUMP_NAMEI_RENAME, root, "nothing", root_credentials, &found), JUST_RETURN);
	EQUAL(look_up_for(RUMP_NAMEI_LOOKUP, root, ".", root_credentials, &found), 0);
	HOLDS(found == root);
	rump_pub_vp_rele(found);
	EQUAL(look_up_for(RUMP_NAMEI_LOOKUP, root, "directory", root_credentials, &found), 0);
	HOLDS(found == directory);
	EQUAL(RUMP_VOP_ISLOCKED(found), 0);
	rump_pub_vp_rele(found);
	name[255] = '\0';
	EQUAL(look_up_for(RUMP_NAMEI_LOOKUP, root, name, root_credentials, &found), RUMP_ENOENT);
	name[255] = 'n';
	name[256] = '\0';
	EQUAL(look_up_for(RUMP_NAMEI_LOOKUP, root, name, root_credentials, &found), RUMP_ENAMETOOLONG);
	EQUAL(RUMP_VOP_UNLOCK(root), 0);
	EQUAL(try_make(root, name, VREG, &found), RUMP_ENAMETOOLONG);
	EQUAL(try_make(root, "..", VDIR, &found), RUMP_EEXIST);

	EQUAL(RUMP_VOP_LOCK(directory, LK_SHARED), 0);
	EQUAL(look_up_for(RUMP_NAMEI_LOOKUP, directory, "..", root_credentials, &found), 0);
	HOLDS(found == root);
	EQUAL(RUMP_VOP_UNLOCK(directory), 0);
	rump_pub_vp_rele(found);

	EQUAL(RUMP_VOP_LOCK(file, LK_EXCLUSIVE), 0);
	EQUAL(look_up_for(RUMP_NAMEI_LOOKUP, file, "below", root_credentials, &found), RUMP_ENOTDIR);
	EQUAL(RUMP_VOP_UNLOCK(file), 0);
	rump_pub_vp_rele(file);
	rump_pub_vp_rele(directory);
}
