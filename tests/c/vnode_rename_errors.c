/* needs: fs_ffs fs_tmpfs vfs */
/* formats: rumpfs tmpfs ufs1le ufs1be ufs2le ufs2be */
/* What cannot be moved stays where it is; what can replaces what was there. */
#include "vnode_test.h"

static void
test(struct vnode *root)
{
	struct vnode *empty = make(root, "empty", VDIR), *full = make(root, "full", VDIR), *below;
	struct vnode *file = make(root, "file", VREG), *found;

	below = make(full, "below", VDIR);
	EQUAL(try_rename(root, "file", root, "empty"), RUMP_EISDIR);
	EQUAL(try_rename(root, "empty", root, "file"), RUMP_ENOTDIR);
	EQUAL(try_rename(root, "empty", root, "full"), RUMP_ENOTEMPTY);
	EQUAL(try_rename(root, "full", below, "circle"), RUMP_EINVAL);
	EQUAL(try_rename(root, "full", full, "circle"), RUMP_EINVAL);
	EQUAL(attributes_of(full).va_nlink, 3);

	/* Within one directory, which is both arguments and locked once. */
	EQUAL(try_rename(root, "file", root, "renamed"), 0);
	HOLDS(look_up(root, "file") == NULL);
	make_name(root, "other", VREG);
	EQUAL(try_rename(root, "renamed", root, "other"), 0);
	found = look_up(root, "other");
	HOLDS(found == file);
	rump_pub_vp_rele(found);

	/* A directory in place of an empty one: its parent changes. */
	EQUAL(try_rename(full, "below", root, "empty"), 0);
	EQUAL(attributes_of(full).va_nlink, 2);
	EQUAL(attributes_of(empty).va_nlink, 0);
	found = look_up(below, "..");
	HOLDS(found == root);
	rump_pub_vp_rele(found);
	rump_pub_vp_rele(below);
	rump_pub_vp_rele(empty);
	rump_pub_vp_rele(full);
	rump_pub_vp_rele(file);
}
