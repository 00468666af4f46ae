/*
 * The operations on vnodes through NetBSD's tables: after this header, RUMP_VOP_NAME() fills the structure of the operation's
 * arguments and calls the function in its place of the vector OPERATION_VECTOR.
 */
#ifndef TESTS_VNODE_TABLE_H_
#define TESTS_VNODE_TABLE_H_

#include <sys/types.h>

#include <rump/rumpvnode_if.h>
#include <rump/rump_faction.h>

#ifndef OPERATION_VECTOR
#define OPERATION_VECTOR rump_vnodeop_p
#endif

#define BY_VECTOR(name, structure, ...) (__extension__({ \
	struct structure vector_arguments = { &rumpns_##name##_desc, __VA_ARGS__ }; \
	OPERATION_VECTOR[rumpns_##name##_desc.vdesc_offset](&vector_arguments); \
}))

#define RUMP_VOP_ACCESS(...) BY_VECTOR(vop_access, vop_access_args, __VA_ARGS__)
#define RUMP_VOP_CLOSE(...) BY_VECTOR(vop_close, vop_close_args, __VA_ARGS__)
#define RUMP_VOP_CREATE(...) BY_VECTOR(vop_create, vop_create_v3_args, __VA_ARGS__)
#define RUMP_VOP_FSYNC(...) BY_VECTOR(vop_fsync, vop_fsync_args, __VA_ARGS__)
#define RUMP_VOP_GETATTR(...) BY_VECTOR(vop_getattr, vop_getattr_args, __VA_ARGS__)
#define RUMP_VOP_IOCTL(...) BY_VECTOR(vop_ioctl, vop_ioctl_args, __VA_ARGS__)
#define RUMP_VOP_ISLOCKED(...) BY_VECTOR(vop_islocked, vop_islocked_args, __VA_ARGS__)
#define RUMP_VOP_LINK(...) BY_VECTOR(vop_link, vop_link_v2_args, __VA_ARGS__)
#define RUMP_VOP_LOCK(...) BY_VECTOR(vop_lock, vop_lock_args, __VA_ARGS__)
#define RUMP_VOP_LOOKUP(...) BY_VECTOR(vop_lookup, vop_lookup_v2_args, __VA_ARGS__)
#define RUMP_VOP_MKDIR(...) BY_VECTOR(vop_mkdir, vop_mkdir_v3_args, __VA_ARGS__)
#define RUMP_VOP_MKNOD(...) BY_VECTOR(vop_mknod, vop_mknod_v3_args, __VA_ARGS__)
#define RUMP_VOP_OPEN(...) BY_VECTOR(vop_open, vop_open_args, __VA_ARGS__)
#define RUMP_VOP_POLL(...) BY_VECTOR(vop_poll, vop_poll_args, __VA_ARGS__)
#define RUMP_VOP_READ(...) BY_VECTOR(vop_read, vop_read_args, __VA_ARGS__)
#define RUMP_VOP_READDIR(...) BY_VECTOR(vop_readdir, vop_readdir_args, __VA_ARGS__)
#define RUMP_VOP_READLINK(...) BY_VECTOR(vop_readlink, vop_readlink_args, __VA_ARGS__)
#define RUMP_VOP_REMOVE(...) BY_VECTOR(vop_remove, vop_remove_args, __VA_ARGS__)
#define RUMP_VOP_RENAME(...) BY_VECTOR(vop_rename, vop_rename_args, __VA_ARGS__)
#define RUMP_VOP_RMDIR(...) BY_VECTOR(vop_rmdir, vop_rmdir_args, __VA_ARGS__)
#define RUMP_VOP_SETATTR(...) BY_VECTOR(vop_setattr, vop_setattr_args, __VA_ARGS__)
#define RUMP_VOP_SYMLINK(...) BY_VECTOR(vop_symlink, vop_symlink_v3_args, __VA_ARGS__)
#define RUMP_VOP_UNLOCK(...) BY_VECTOR(vop_unlock, vop_unlock_args, __VA_ARGS__)
#define RUMP_VOP_WRITE(...) BY_VECTOR(vop_write, vop_write_args, __VA_ARGS__)

#endif
