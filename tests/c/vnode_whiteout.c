/* needs: fs_ffs fs_tmpfs vfs */
/* formats: rumpfs tmpfs ufs1le ufs1be ufs2le ufs2be */
/* VOP_WHITEOUT: an entry that hides a name: lookups say so, files take its place, an empty directory may have some. */
#include "vnode.h"

enum { ASK = 0, MAKE = 1, REMOVE = 2 };

/* Does that, as a program does: after a lookup for it.  The error; whether the lookup found a whiteout. */
static int
whiteout(struct vnode *directory, const char *name, int flags, bool *was_there)
{
	struct componentname *component = name_for(flags == MAKE ? RUMP_NAMEI_CREATE : RUMP_NAMEI_DELETE, name);
	struct vnode *found;
	int error;

	((struct rump_netbsd_componentname *)(void *)component)->cn_flags |= flags == REMOVE ? RUMP_NAMEI_DOWHITEOUT : 0;
	EQUAL(RUMP_VOP_LOCK(directory, LK_EXCLUSIVE), 0);
	error = RUMP_VOP_LOOKUP(directory, &found, component);
	if (error == 0) {
		rump_pub_vp_rele(found);
		error = RUMP_EEXIST;
	} else {
		*was_there = (((struct rump_netbsd_componentname *)(void *)component)->cn_flags &
		    RUMP_NAMEI_ISWHITEOUT) != 0;
		error = RUMP_VOP_WHITEOUT(directory, component, flags);
	}
	EQUAL(RUMP_VOP_ISLOCKED(directory), LK_EXCLUSIVE);
	EQUAL(RUMP_VOP_UNLOCK(directory), 0);
	rump_pub_freecn(component, 0);
	return error;
}

static bool
is_hidden(struct vnode *directory, const char *name)
{
	struct componentname *component = name_for(RUMP_NAMEI_LOOKUP, name);
	struct vnode *found;
	bool hidden;

	EQUAL(RUMP_VOP_LOCK(directory, LK_SHARED), 0);
	EQUAL(RUMP_VOP_LOOKUP(directory, &found, component), RUMP_ENOENT);
	EQUAL(RUMP_VOP_UNLOCK(directory), 0);
	hidden = (((struct rump_netbsd_componentname *)(void *)component)->cn_flags & RUMP_NAMEI_ISWHITEOUT) != 0;
	rump_pub_freecn(component, 0);
	return hidden;
}

static void
test(struct vnode *root)
{
	struct vnode *directory = make(root, "directory", VDIR);
	bool was_there;
	char name[32];

	EQUAL(whiteout(directory, "name", ASK, &was_there), 0);
	HOLDS(!is_hidden(directory, "name"));
	EQUAL(whiteout(directory, "name", MAKE, &was_there), 0);
	HOLDS(!was_there);
	HOLDS(is_hidden(directory, "name"));
	HOLDS(!is_hidden(directory, "other"));

	/* A file takes its place, and is not hidden. */
	make_name(directory, "name", VREG);
	HOLDS(exists("directory/name"));
	EQUAL(whiteout(directory, "name", MAKE, &was_there), RUMP_EEXIST);
	EQUAL(try_remove(directory, "name", VREG), 0);
	HOLDS(!is_hidden(directory, "name"));

	/* Many, some of which go. */
	for (int number = 0; number < 100; number++) {
		snprintf(name, sizeof name, "hidden-%d", number);
		EQUAL(whiteout(directory, name, MAKE, &was_there), 0);
	}
	for (int number = 0; number < 100; number += 3) {
		snprintf(name, sizeof name, "hidden-%d", number);
		EQUAL(whiteout(directory, name, REMOVE, &was_there), 0);
		HOLDS(was_there);
	}
	if (is_ffs()) {
		rump_pub_vp_rele(directory);
		rump_sys_sync();
		directory = look_up(root, "directory");
	}
	for (int number = 0; number < 100; number++) {
		snprintf(name, sizeof name, "hidden-%d", number);
		EQUAL(is_hidden(directory, name), number % 3 != 0);
	}
	EQUAL(try_remove(root, "directory", VDIR), 0);
	rump_pub_vp_rele(directory);

	/* Left behind, for the image. */
	EQUAL(whiteout(root, "left", MAKE, &was_there), 0);
	HOLDS(is_hidden(root, "left"));
}

int
main(int count, char **arguments)
{
	struct vnode *root;

	mount_file_system(count, arguments, "");
	root = root_of(mounted_at);
	test(root);
	rump_pub_vp_rele(root);
	unmount_file_system();
	if (is_ffs()) {
		mount_image(0);
		new_process();
		root_credentials = rump_pub_cred_create(0, 0, 0, NULL);
		root = root_of(mounted_at);
		HOLDS(is_hidden(root, "left"));
		rump_pub_vp_rele(root);
		unmount_file_system();
	}
	return 0;
}
