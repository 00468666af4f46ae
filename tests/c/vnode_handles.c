/* needs: fs_ffs fs_tmpfs vfs */
/* formats: rumpfs tmpfs ufs1le ufs1be ufs2le ufs2be */
/* Mounts, file handles, types and paths for programs that work on vnodes. */
#include "vnode.h"

static void
test(struct vnode *root)
{
	struct { uint16_t length, reserved; uint32_t generation; uint64_t number; } handle;
	size_t size = sizeof handle;
	struct vnode *file = make(root, "handle", VREG), *again;
	struct mount *mount;

	EQUAL(rump_pub_vfs_vptofh(file, (void *)&handle, &size), 0);
	EQUAL(size, sizeof handle);
	EQUAL(handle.length, sizeof handle);
	EQUAL(handle.number, attributes_of(file).va_fileid);
	EQUAL(attributes_of(root).va_fsid, attributes_of(file).va_fsid);
	EQUAL(rump_pub_vfs_getmp(mounted_at, &mount), 0);
	EQUAL(rump_pub_vfs_fhtovp(mount, (void *)&handle, &again), 0);
	HOLDS(again == file);
	EQUAL(RUMP_VOP_ISLOCKED(again), LK_EXCLUSIVE);
	EQUAL(RUMP_VOP_UNLOCK(again), 0);
	rump_pub_vp_rele(again);
	rump_pub_vp_rele(file);
	size = 4;
	EQUAL(rump_pub_vfs_vptofh(root, (void *)&handle, &size), RUMP_E2BIG);
	EQUAL(rump_pub_vfs_sync(mount, 1, root_credentials), 0);
	EQUAL(rump_pub_vfs_root((void *)&handle, &again, 0), RUMP_EINVAL);
}

int
main(int count, char **arguments)
{
	struct vnode *parent, *leaf;
	struct vfsops *type = NULL;
	int types = 0;

	on_file_system(count, arguments, test);
	while ((type = rump_pub_vfslist_iterate(type)) != NULL)
		types++;
	EQUAL(types, 3);
	HOLDS(rump_pub_vfs_getopsbyname("rumpfs") != NULL);
	HOLDS(rump_pub_vfs_getopsbyname("tmpfs") != NULL);
	HOLDS(rump_pub_vfs_getopsbyname("ffs") != NULL);
	HOLDS(rump_pub_vfs_getopsbyname("nothing") == NULL);

	EQUAL(rump_pub_namei(0, RUMP_NAMEI_LOCKPARENT | RUMP_NAMEI_FOLLOW, "/dev/null", &parent, &leaf, NULL), 0);
	EQUAL(RUMP_VOP_ISLOCKED(parent), LK_EXCLUSIVE);
	EQUAL(attributes_of(leaf).va_type, VCHR);
	EQUAL(RUMP_VOP_UNLOCK(parent), 0);
	rump_pub_vp_rele(parent);
	rump_pub_vp_rele(leaf);
	EQUAL(rump_pub_namei(0, RUMP_NAMEI_FOLLOW, "/dev/nothing", NULL, &leaf, NULL), RUMP_ENOENT);
	return 0;
}
