/*
 * What the tests of the vnode operations share.  The programs run without an lwp; credentials are the superuser's.
 */
#ifndef TESTS_VNODE_H_
#define TESTS_VNODE_H_

#include "check.h"

#include <rump/rumpvnode_if.h>

enum { VREG = 1, VDIR = 2, VCHR = 4, VLNK = 5, VFIFO = 7 };
enum { LK_SHARED = 1, LK_EXCLUSIVE = 2, LK_NOWAIT = 16 };

/* struct vattr of NetBSD 7.99.34. */
struct attributes {
	int va_type;
	uint32_t va_mode, va_nlink, va_uid, va_gid;
	uint64_t va_fsid, va_fileid, va_size;
	int64_t va_blocksize;
	struct { int64_t seconds, nanoseconds; } va_atime, va_mtime, va_ctime, va_birthtime;
	uint64_t va_gen, va_flags, va_rdev, va_bytes, va_filerev;
	uint32_t va_vaflags;
	int64_t va_spare;
};

static struct kauth_cred *root_credentials;

static inline struct componentname *
name_for(int operation, const char *name)
{
	return rump_pub_makecn(operation, RUMP_NAMEI_ISLASTCN, name, strlen(name), root_credentials, NULL);
}

static inline struct vattr *
attributes_for(int type, mode_t mode)
{
	struct vattr *attributes = rump_pub_vattr_init();

	rump_pub_vattr_settype(attributes, type);
	rump_pub_vattr_setmode(attributes, mode);
	return attributes;
}

/* The root of the mount that a path is on, referenced and unlocked. */
static inline struct vnode *
root_of(const char *path)
{
	struct mount *mount;
	struct vnode *root;

	EQUAL(rump_pub_vfs_getmp(path, &mount), 0);
	EQUAL(rump_pub_vfs_root(mount, &root, 0), 0);
	return root;
}

/* Looks a name up; NULL if it is not there.  The vnode is referenced and unlocked. */
static inline struct vnode *
look_up(struct vnode *directory, const char *name)
{
	struct componentname *component = name_for(0, name);
	struct vnode *found;
	int error;

	EQUAL(RUMP_VOP_LOCK(directory, LK_SHARED), 0);
	error = RUMP_VOP_LOOKUP(directory, &found, component);
	EQUAL(RUMP_VOP_UNLOCK(directory), 0);
	rump_pub_freecn(component, 0);
	if (error == RUMP_ENOENT) {
		HOLDS(found == NULL);
		return NULL;
	}
	EQUAL(error, 0);
	HOLDS(found != NULL);
	return found;
}

/* Makes a file or directory; the vnode is referenced and unlocked. */
static inline struct vnode *
make(struct vnode *directory, const char *name, int type)
{
	struct componentname *component = name_for(RUMP_NAMEI_CREATE, name);
	struct vattr *attributes = attributes_for(type, 0755);
	struct vnode *made;

	EQUAL(RUMP_VOP_LOCK(directory, LK_EXCLUSIVE), 0);
	if (type == VDIR)
		EQUAL(RUMP_VOP_MKDIR(directory, &made, component, attributes), 0);
	else
		EQUAL(RUMP_VOP_CREATE(directory, &made, component, attributes), 0);
	EQUAL(RUMP_VOP_ISLOCKED(directory), LK_EXCLUSIVE);
	EQUAL(RUMP_VOP_UNLOCK(directory), 0);
	EQUAL(RUMP_VOP_ISLOCKED(made), 0);
	rump_pub_vattr_free(attributes);
	rump_pub_freecn(component, 0);
	return made;
}

static inline struct attributes
attributes_of(struct vnode *vnode)
{
	struct attributes attributes;

	memset(&attributes, 0xa5, sizeof attributes);
	EQUAL(RUMP_VOP_LOCK(vnode, LK_SHARED), 0);
	EQUAL(RUMP_VOP_GETATTR(vnode, (void *)&attributes, root_credentials), 0);
	EQUAL(RUMP_VOP_UNLOCK(vnode), 0);
	return attributes;
}

/* Boots, mounts a tmpfs at /t, and runs a test on the root file system and on the tmpfs. */
static inline void
on_each_file_system(void (*test)(struct vnode *root))
{
	static const char *const paths[] = { "/", "/t" };

	boot_in_tmpfs();
	root_credentials = rump_pub_cred_create(0, 0, 0, NULL);
	for (int i = 0; i < 2; i++) {
		struct vnode *root = root_of(paths[i]);

		test(root);
		rump_pub_vp_rele(root);
	}
	rump_pub_cred_put(root_credentials);
	OK(rump_sys_chdir("/"));
	OK(rump_sys_unmount("/t", 0));
}

#endif
