/*
 * The arguments of operations on vnodes as structures, for functions in NetBSD's vectors of operations: see
 * <rump/rump_faction.h>.  tools/gen_syscalls writes this file from vnode_if.src: change that one, then run
 * `gen_syscalls --write`.
 */

#ifndef _RUMP_RUMPVNODE_ARGS_H_
#define _RUMP_RUMPVNODE_ARGS_H_

#include <rump/rump.h>
#ifndef __cplusplus
#include <stdbool.h>
#endif

struct buf;
struct componentname;
struct flock;
struct kauth_cred;
struct knote;
struct uio;
struct vattr;
struct vm_page;
struct vnode;
struct vnodeop_desc;

#ifdef __cplusplus
extern "C" {
#endif

/* What any operation's arguments begin with. */
struct vop_generic_args {
	const struct vnodeop_desc *a_desc;
};

#define VOP_BWRITE_DESCOFFSET 1
struct vop_bwrite_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
	struct buf *a_bp;
};
extern const struct vnodeop_desc rumpns_vop_bwrite_desc;

#define VOP_LOOKUP_DESCOFFSET 2
struct vop_lookup_v2_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_dvp;
	struct vnode **a_vpp;
	struct componentname *a_cnp;
};
extern const struct vnodeop_desc rumpns_vop_lookup_desc;

#define VOP_CREATE_DESCOFFSET 3
struct vop_create_v3_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_dvp;
	struct vnode **a_vpp;
	struct componentname *a_cnp;
	struct vattr *a_vap;
};
extern const struct vnodeop_desc rumpns_vop_create_desc;

#define VOP_MKNOD_DESCOFFSET 4
struct vop_mknod_v3_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_dvp;
	struct vnode **a_vpp;
	struct componentname *a_cnp;
	struct vattr *a_vap;
};
extern const struct vnodeop_desc rumpns_vop_mknod_desc;

#define VOP_OPEN_DESCOFFSET 5
struct vop_open_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
	int a_mode;
	struct kauth_cred *a_cred;
};
extern const struct vnodeop_desc rumpns_vop_open_desc;

#define VOP_CLOSE_DESCOFFSET 6
struct vop_close_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
	int a_fflag;
	struct kauth_cred *a_cred;
};
extern const struct vnodeop_desc rumpns_vop_close_desc;

#define VOP_ACCESS_DESCOFFSET 7
struct vop_access_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
	int a_mode;
	struct kauth_cred *a_cred;
};
extern const struct vnodeop_desc rumpns_vop_access_desc;

#define VOP_GETATTR_DESCOFFSET 8
struct vop_getattr_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
	struct vattr *a_vap;
	struct kauth_cred *a_cred;
};
extern const struct vnodeop_desc rumpns_vop_getattr_desc;

#define VOP_SETATTR_DESCOFFSET 9
struct vop_setattr_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
	struct vattr *a_vap;
	struct kauth_cred *a_cred;
};
extern const struct vnodeop_desc rumpns_vop_setattr_desc;

#define VOP_READ_DESCOFFSET 10
struct vop_read_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
	struct uio *a_uio;
	int a_ioflag;
	struct kauth_cred *a_cred;
};
extern const struct vnodeop_desc rumpns_vop_read_desc;

#define VOP_WRITE_DESCOFFSET 11
struct vop_write_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
	struct uio *a_uio;
	int a_ioflag;
	struct kauth_cred *a_cred;
};
extern const struct vnodeop_desc rumpns_vop_write_desc;

#define VOP_FALLOCATE_DESCOFFSET 12
struct vop_fallocate_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
	off_t a_pos;
	off_t a_len;
};
extern const struct vnodeop_desc rumpns_vop_fallocate_desc;

#define VOP_FDISCARD_DESCOFFSET 13
struct vop_fdiscard_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
	off_t a_pos;
	off_t a_len;
};
extern const struct vnodeop_desc rumpns_vop_fdiscard_desc;

#define VOP_IOCTL_DESCOFFSET 14
struct vop_ioctl_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
	unsigned long a_command;
	void *a_data;
	int a_fflag;
	struct kauth_cred *a_cred;
};
extern const struct vnodeop_desc rumpns_vop_ioctl_desc;

#define VOP_FCNTL_DESCOFFSET 15
struct vop_fcntl_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
	unsigned int a_command;
	void *a_data;
	int a_fflag;
	struct kauth_cred *a_cred;
};
extern const struct vnodeop_desc rumpns_vop_fcntl_desc;

#define VOP_POLL_DESCOFFSET 16
struct vop_poll_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
	int a_events;
};
extern const struct vnodeop_desc rumpns_vop_poll_desc;

#define VOP_KQFILTER_DESCOFFSET 17
struct vop_kqfilter_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
	struct knote *a_kn;
};
extern const struct vnodeop_desc rumpns_vop_kqfilter_desc;

#define VOP_REVOKE_DESCOFFSET 18
struct vop_revoke_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
	int a_flags;
};
extern const struct vnodeop_desc rumpns_vop_revoke_desc;

#define VOP_MMAP_DESCOFFSET 19
struct vop_mmap_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
	int a_prot;
	struct kauth_cred *a_cred;
};
extern const struct vnodeop_desc rumpns_vop_mmap_desc;

#define VOP_FSYNC_DESCOFFSET 20
struct vop_fsync_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
	struct kauth_cred *a_cred;
	int a_flags;
	off_t a_offlo;
	off_t a_offhi;
};
extern const struct vnodeop_desc rumpns_vop_fsync_desc;

#define VOP_SEEK_DESCOFFSET 21
struct vop_seek_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
	off_t a_oldoff;
	off_t a_newoff;
	struct kauth_cred *a_cred;
};
extern const struct vnodeop_desc rumpns_vop_seek_desc;

#define VOP_REMOVE_DESCOFFSET 22
struct vop_remove_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_dvp;
	struct vnode *a_vp;
	struct componentname *a_cnp;
};
extern const struct vnodeop_desc rumpns_vop_remove_desc;

#define VOP_LINK_DESCOFFSET 23
struct vop_link_v2_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_dvp;
	struct vnode *a_vp;
	struct componentname *a_cnp;
};
extern const struct vnodeop_desc rumpns_vop_link_desc;

#define VOP_RENAME_DESCOFFSET 24
struct vop_rename_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_fdvp;
	struct vnode *a_fvp;
	struct componentname *a_fcnp;
	struct vnode *a_tdvp;
	struct vnode *a_tvp;
	struct componentname *a_tcnp;
};
extern const struct vnodeop_desc rumpns_vop_rename_desc;

#define VOP_MKDIR_DESCOFFSET 25
struct vop_mkdir_v3_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_dvp;
	struct vnode **a_vpp;
	struct componentname *a_cnp;
	struct vattr *a_vap;
};
extern const struct vnodeop_desc rumpns_vop_mkdir_desc;

#define VOP_RMDIR_DESCOFFSET 26
struct vop_rmdir_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_dvp;
	struct vnode *a_vp;
	struct componentname *a_cnp;
};
extern const struct vnodeop_desc rumpns_vop_rmdir_desc;

#define VOP_SYMLINK_DESCOFFSET 27
struct vop_symlink_v3_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_dvp;
	struct vnode **a_vpp;
	struct componentname *a_cnp;
	struct vattr *a_vap;
	char *a_target;
};
extern const struct vnodeop_desc rumpns_vop_symlink_desc;

#define VOP_READDIR_DESCOFFSET 28
struct vop_readdir_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
	struct uio *a_uio;
	struct kauth_cred *a_cred;
	int *a_eofflag;
	off_t **a_cookies;
	int *a_ncookies;
};
extern const struct vnodeop_desc rumpns_vop_readdir_desc;

#define VOP_READLINK_DESCOFFSET 29
struct vop_readlink_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
	struct uio *a_uio;
	struct kauth_cred *a_cred;
};
extern const struct vnodeop_desc rumpns_vop_readlink_desc;

#define VOP_ABORTOP_DESCOFFSET 30
struct vop_abortop_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_dvp;
	struct componentname *a_cnp;
};
extern const struct vnodeop_desc rumpns_vop_abortop_desc;

#define VOP_INACTIVE_DESCOFFSET 31
struct vop_inactive_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
	bool *a_recycle;
};
extern const struct vnodeop_desc rumpns_vop_inactive_desc;

#define VOP_RECLAIM_DESCOFFSET 32
struct vop_reclaim_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
};
extern const struct vnodeop_desc rumpns_vop_reclaim_desc;

#define VOP_LOCK_DESCOFFSET 33
struct vop_lock_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
	int a_flags;
};
extern const struct vnodeop_desc rumpns_vop_lock_desc;

#define VOP_UNLOCK_DESCOFFSET 34
struct vop_unlock_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
};
extern const struct vnodeop_desc rumpns_vop_unlock_desc;

#define VOP_BMAP_DESCOFFSET 35
struct vop_bmap_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
	int64_t a_bn;
	struct vnode **a_vpp;
	int64_t *a_bnp;
	int *a_runp;
};
extern const struct vnodeop_desc rumpns_vop_bmap_desc;

#define VOP_STRATEGY_DESCOFFSET 36
struct vop_strategy_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
	struct buf *a_bp;
};
extern const struct vnodeop_desc rumpns_vop_strategy_desc;

#define VOP_PRINT_DESCOFFSET 37
struct vop_print_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
};
extern const struct vnodeop_desc rumpns_vop_print_desc;

#define VOP_ISLOCKED_DESCOFFSET 38
struct vop_islocked_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
};
extern const struct vnodeop_desc rumpns_vop_islocked_desc;

#define VOP_PATHCONF_DESCOFFSET 39
struct vop_pathconf_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
	int a_name;
	long *a_retval;
};
extern const struct vnodeop_desc rumpns_vop_pathconf_desc;

#define VOP_ADVLOCK_DESCOFFSET 40
struct vop_advlock_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
	void *a_id;
	int a_op;
	struct flock *a_fl;
	int a_flags;
};
extern const struct vnodeop_desc rumpns_vop_advlock_desc;

#define VOP_WHITEOUT_DESCOFFSET 41
struct vop_whiteout_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_dvp;
	struct componentname *a_cnp;
	int a_flags;
};
extern const struct vnodeop_desc rumpns_vop_whiteout_desc;

#define VOP_GETPAGES_DESCOFFSET 42
struct vop_getpages_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
	off_t a_offset;
	struct vm_page **a_m;
	int *a_count;
	int a_centeridx;
	int a_access_type;
	int a_advice;
	int a_flags;
};
extern const struct vnodeop_desc rumpns_vop_getpages_desc;

#define VOP_PUTPAGES_DESCOFFSET 43
struct vop_putpages_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
	off_t a_offlo;
	off_t a_offhi;
	int a_flags;
};
extern const struct vnodeop_desc rumpns_vop_putpages_desc;

#define VOP_CLOSEEXTATTR_DESCOFFSET 44
struct vop_closeextattr_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
	int a_commit;
	struct kauth_cred *a_cred;
};
extern const struct vnodeop_desc rumpns_vop_closeextattr_desc;

#define VOP_GETEXTATTR_DESCOFFSET 45
struct vop_getextattr_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
	int a_attrnamespace;
	const char *a_name;
	struct uio *a_uio;
	size_t *a_size;
	struct kauth_cred *a_cred;
};
extern const struct vnodeop_desc rumpns_vop_getextattr_desc;

#define VOP_LISTEXTATTR_DESCOFFSET 46
struct vop_listextattr_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
	int a_attrnamespace;
	struct uio *a_uio;
	size_t *a_size;
	int a_flag;
	struct kauth_cred *a_cred;
};
extern const struct vnodeop_desc rumpns_vop_listextattr_desc;

#define VOP_OPENEXTATTR_DESCOFFSET 47
struct vop_openextattr_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
	struct kauth_cred *a_cred;
};
extern const struct vnodeop_desc rumpns_vop_openextattr_desc;

#define VOP_DELETEEXTATTR_DESCOFFSET 48
struct vop_deleteextattr_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
	int a_attrnamespace;
	const char *a_name;
	struct kauth_cred *a_cred;
};
extern const struct vnodeop_desc rumpns_vop_deleteextattr_desc;

#define VOP_SETEXTATTR_DESCOFFSET 49
struct vop_setextattr_args {
	const struct vnodeop_desc *a_desc;
	struct vnode *a_vp;
	int a_attrnamespace;
	const char *a_name;
	struct uio *a_uio;
	struct kauth_cred *a_cred;
};
extern const struct vnodeop_desc rumpns_vop_setextattr_desc;

/* Places in a vector; place 0 is the default's. */
#define VNODE_OPS_COUNT 50

#ifdef __cplusplus
}
#endif

#endif /* _RUMP_RUMPVNODE_ARGS_H_ */
