/*
 * What the tests of the vnode operations share.  They run in a process of their own, so that debug builds know who holds
 * which lock; credentials are the superuser's.
 */
#ifndef TESTS_VNODE_H_
#define TESTS_VNODE_H_

#include "ffs.h"

#include <rump/rumpvnode_if.h>

enum { VREG = 1, VDIR = 2, VBLK = 3, VCHR = 4, VLNK = 5, VFIFO = 7 };
enum { LK_SHARED = 1, LK_EXCLUSIVE = 2, LK_NOWAIT = 16 };
enum { N_FREAD = 1, N_FWRITE = 2, N_IO_APPEND = 0x20, N_IO_NDELAY = 0x100 };
enum { ACCESS_EXECUTE = 1, ACCESS_WRITE = 2, ACCESS_READ = 4 };

/* "Not there, and may be made": what a lookup for making a name answers. */
enum { JUST_RETURN = -2 };

static struct kauth_cred *root_credentials;

/* The last component of a path, for an operation by somebody. */
static inline struct componentname *
name_of(int operation, const char *name, struct kauth_cred *who)
{
	u_long flags = RUMP_NAMEI_ISLASTCN | (strcmp(name, "..") == 0 ? RUMP_NAMEI_ISDOTDOT : 0);

	return rump_pub_makecn((u_long)operation, flags, name, strlen(name), who, NULL);
}

static inline struct componentname *
name_for(int operation, const char *name)
{
	return name_of(operation, name, root_credentials);
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

/* Looks a name up for an operation, with the directory locked; the error. */
static inline int
look_up_for(int operation, struct vnode *directory, const char *name, struct kauth_cred *who, struct vnode **found)
{
	struct componentname *component = name_of(operation, name, who);
	int error = RUMP_VOP_LOOKUP(directory, found, component);

	HOLDS(error == 0 ? *found != NULL : *found == NULL);
	HOLDS(RUMP_VOP_ISLOCKED(directory) != 0);
	rump_pub_freecn(component, 0);
	return error;
}

/* Makes a file or directory, if it can be made; the error.  The vnode is referenced and unlocked. */
static inline int
try_make(struct vnode *directory, const char *name, int type, struct vnode **made)
{
	struct componentname *component = name_for(RUMP_NAMEI_CREATE, name);
	struct vattr *attributes = attributes_for(type, 0755);
	int error;

	*made = NULL;
	EQUAL(RUMP_VOP_LOCK(directory, LK_EXCLUSIVE), 0);
	error = RUMP_VOP_LOOKUP(directory, made, component);
	if (error == 0) {
		rump_pub_vp_rele(*made);
		error = RUMP_EEXIST;
	} else if (error == JUST_RETURN) {
		if (type == VDIR)
			error = RUMP_VOP_MKDIR(directory, made, component, attributes);
		else if (type == VREG)
			error = RUMP_VOP_CREATE(directory, made, component, attributes);
		else
			error = RUMP_VOP_MKNOD(directory, made, component, attributes);
		if (error == 0)
			EQUAL(RUMP_VOP_ISLOCKED(*made), 0);
	}
	EQUAL(RUMP_VOP_ISLOCKED(directory), LK_EXCLUSIVE);
	EQUAL(RUMP_VOP_UNLOCK(directory), 0);
	rump_pub_vattr_free(attributes);
	rump_pub_freecn(component, 0);
	return error;
}

static inline struct vnode *
make(struct vnode *directory, const char *name, int type)
{
	struct vnode *made;

	EQUAL(try_make(directory, name, type, &made), 0);
	return made;
}

/* Makes a file or directory of which nobody keeps the vnode. */
static inline void
make_name(struct vnode *directory, const char *name, int type)
{
	rump_pub_vp_rele(make(directory, name, type));
}

/* Removes a name as a directory or as another file; the error.  Both locks and both references go with the call. */
static inline int
try_remove(struct vnode *directory, const char *name, int type)
{
	struct componentname *component = name_for(RUMP_NAMEI_DELETE, name);
	struct vnode *found;
	int error;

	rump_pub_vp_incref(directory);
	EQUAL(RUMP_VOP_LOCK(directory, LK_EXCLUSIVE), 0);
	error = RUMP_VOP_LOOKUP(directory, &found, component);
	if (error != 0) {
		EQUAL(RUMP_VOP_UNLOCK(directory), 0);
		rump_pub_vp_rele(directory);
	} else {
		rump_pub_vp_incref(found);
		EQUAL(RUMP_VOP_LOCK(found, LK_EXCLUSIVE), 0);
		if (type == VDIR)
			error = RUMP_VOP_RMDIR(directory, found, component);
		else
			error = RUMP_VOP_REMOVE(directory, found, component);
		EQUAL(RUMP_VOP_ISLOCKED(found), 0);
		rump_pub_vp_rele(found);
	}
	EQUAL(RUMP_VOP_ISLOCKED(directory), 0);
	rump_pub_freecn(component, 0);
	return error;
}

/* Moves a name; the error.  What the operation takes over is gone either way. */
static inline int
try_rename(struct vnode *from, const char *from_name, struct vnode *to, const char *to_name)
{
	struct componentname *source = name_for(RUMP_NAMEI_DELETE, from_name);
	struct componentname *target = name_for(RUMP_NAMEI_RENAME, to_name);
	struct vnode *moved = look_up(from, from_name), *replaced;
	int error;

	HOLDS(moved != NULL);
	rump_pub_vp_incref(from);
	rump_pub_vp_incref(to);
	EQUAL(RUMP_VOP_LOCK(to, LK_EXCLUSIVE), 0);
	error = RUMP_VOP_LOOKUP(to, &replaced, target);
	HOLDS(error == 0 || error == JUST_RETURN);
	if (replaced != NULL)
		EQUAL(RUMP_VOP_LOCK(replaced, LK_EXCLUSIVE), 0);
	error = RUMP_VOP_RENAME(from, moved, source, to, replaced, target);
	EQUAL(RUMP_VOP_ISLOCKED(from), 0);
	EQUAL(RUMP_VOP_ISLOCKED(to), 0);
	rump_pub_freecn(source, 0);
	rump_pub_freecn(target, 0);
	return error;
}

/* Writes at an offset; the error, and how far it came. */
static inline int
write_at(struct vnode *file, const void *bytes, size_t length, off_t offset, size_t *written)
{
	struct uio *uio = rump_pub_uio_setup((void *)(uintptr_t)bytes, length, offset, RUMPUIO_WRITE);
	int error;

	EQUAL(RUMP_VOP_LOCK(file, LK_EXCLUSIVE), 0);
	error = RUMP_VOP_WRITE(file, uio, 0, root_credentials);
	EQUAL(RUMP_VOP_ISLOCKED(file), LK_EXCLUSIVE);
	EQUAL(RUMP_VOP_UNLOCK(file), 0);
	*written = length - rump_pub_uio_free(uio);
	return error;
}

/* Reads at an offset; the error, and how far it came. */
static inline int
read_at(struct vnode *file, void *bytes, size_t length, off_t offset, size_t *done)
{
	struct uio *uio = rump_pub_uio_setup(bytes, length, offset, RUMPUIO_READ);
	int error;

	EQUAL(RUMP_VOP_LOCK(file, LK_SHARED), 0);
	error = RUMP_VOP_READ(file, uio, 0, root_credentials);
	EQUAL(RUMP_VOP_ISLOCKED(file), LK_SHARED);
	EQUAL(RUMP_VOP_UNLOCK(file), 0);
	*done = length - rump_pub_uio_free(uio);
	return error;
}

static inline struct rump_netbsd_vattr
attributes_of(struct vnode *vnode)
{
	struct rump_netbsd_vattr attributes;

	memset(&attributes, 0xa5, sizeof attributes);
	EQUAL(RUMP_VOP_LOCK(vnode, LK_SHARED), 0);
	EQUAL(RUMP_VOP_GETATTR(vnode, (void *)&attributes, root_credentials), 0);
	EQUAL(RUMP_VOP_UNLOCK(vnode), 0);
	return attributes;
}

/* Changes the attributes that are given; the error. */
static inline int
change_attributes(struct vnode *vnode, struct vattr *change, struct kauth_cred *who)
{
	int error;

	EQUAL(RUMP_VOP_LOCK(vnode, LK_EXCLUSIVE), 0);
	error = RUMP_VOP_SETATTR(vnode, change, who);
	EQUAL(RUMP_VOP_ISLOCKED(vnode), LK_EXCLUSIVE);
	EQUAL(RUMP_VOP_UNLOCK(vnode), 0);
	rump_pub_vattr_free(change);
	return error;
}

/* A change of which the test fills in what it wants. */
static inline struct rump_netbsd_vattr *
fields_of(struct vattr *change)
{
	return (void *)change;
}

/* Where the file system under test is mounted, and its root. */
static const char *mounted_at;

static inline bool
is_ffs(void)
{
	return strncmp(ffs_format, "ufs", 3) == 0;
}

/* Boots and mounts what the program's argument names, of that size where it has one ("" for any). */
static inline void
mount_file_system(int count, char **arguments, const char *size)
{
	if (count != 2)
		check_fail(__FILE__, __LINE__, "usage: test rumpfs|tmpfs|ufs1le|ufs1be|ufs2le|ufs2be");
	ffs_format = arguments[1];
	if (is_ffs()) {
		boot_in_ffs(count, arguments, *size ? size : "4m", "density=4096");
		mounted_at = "/m";
	} else if (strcmp(ffs_format, "tmpfs") == 0) {
		boot();
		OK(rump_sys_mkdir("/t", 0777));
		OK(try_mount_tmpfs("/t", *size ? 1000 : 0, atoi(size) * 1048576, 0));
		mounted_at = "/t";
	} else {
		boot();
		mounted_at = "/";
	}
	new_process();
	OK(rump_sys_chdir(mounted_at));
	root_credentials = rump_pub_cred_create(0, 0, 0, NULL);
}

/* Unmounts without force: nothing has kept a reference. */
static inline void
unmount_file_system(void)
{
	rump_pub_cred_put(root_credentials);
	OK(rump_sys_chdir("/"));
	rump_pub_lwproc_releaselwp();
	OK(rump_sys_chdir("/"));
	if (strcmp(mounted_at, "/") != 0)
		OK(rump_sys_unmount(mounted_at, 0));
}

/* Runs a test on the file system that the program's argument names. */
static inline void
on_file_system_of(int count, char **arguments, const char *size, void (*test)(struct vnode *root))
{
	struct vnode *root;

	mount_file_system(count, arguments, size);
	root = root_of(mounted_at);
	test(root);
	EQUAL(RUMP_VOP_ISLOCKED(root), 0);
	rump_pub_vp_rele(root);
	unmount_file_system();
}

static inline void
on_file_system(int count, char **arguments, void (*test)(struct vnode *root))
{
	on_file_system_of(count, arguments, "", test);
}

#endif
