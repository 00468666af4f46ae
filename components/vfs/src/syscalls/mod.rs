//! The file system calls.

mod advice;
mod attributes;
mod compatibility;
mod directory;
mod extended_attributes;
mod file;
mod handle;
mod locks;
mod mounts;
mod names;
mod open;
mod prefixed_attributes;
mod status;
mod tracing;

pub use directory::put_directory_entry;
pub use names::make_link_by_name;
pub(crate) use open::check_directory_write;
pub use open::open_by_name;
pub use status::path_configuration;

use crate::lookup::{LONGEST_PATH, Resolver};
use crate::vnode::VnodeRef;
use crate::vnode_file::VnodeFile;
use alloc::sync::Arc;
use alloc::vec::Vec;
use rump::abi::system_call::table::number;
use rump::errno::{Errno, Result};
use rump::file::OpenFile;
use rump::sched::Lwp;
use rump::syscall::{Handler, register};
use rump::trace;
use rump::user_memory::UserAddress;

/// Relative to the working directory (`AT_FDCWD`).
const CURRENT_DIRECTORY: i32 = -100;
/// Do not follow a symbolic link at the end (`AT_SYMLINK_NOFOLLOW`).
const NO_FOLLOW: i32 = 0x200;
/// Follow a symbolic link at the end (`AT_SYMLINK_FOLLOW`).
const FOLLOW: i32 = 0x400;

const OPENING: &[(usize, Handler)] = &[
    (number::OPEN, open::open),
    (number::OPENAT, open::openat),
    (number::FHOPEN40, handle::fhopen),
    (number::GETFH30, handle::getfh),
    (number::FHSTAT50, handle::fhstat),
    (number::FHSTATVFS140, handle::fhstatvfs),
    (number::UMASK, open::umask),
    (number::MKNOD50, open::mknod),
    (number::MKNODAT, open::mknodat),
    (number::MKFIFO, open::mkfifo),
    (number::MKFIFOAT, open::mkfifoat),
];

const STATUS: &[(usize, Handler)] = &[
    (number::STAT50, status::stat),
    (number::LSTAT50, status::lstat),
    (number::FSTATAT, status::fstatat),
    (number::ACCESS, status::access),
    (number::FACCESSAT, status::faccessat),
    (number::READLINK, status::readlink),
    (number::READLINKAT, status::readlinkat),
    (number::PATHCONF, status::pathconf),
    (number::FPATHCONF, status::fpathconf),
];

const NAMES: &[(usize, Handler)] = &[
    (number::LINK, names::link),
    (number::LINKAT, names::linkat),
    (number::SYMLINK, names::symlink),
    (number::SYMLINKAT, names::symlinkat),
    (number::UNLINK, names::unlink),
    (number::UNLINKAT, names::unlinkat),
    (number::MKDIR, names::mkdir),
    (number::MKDIRAT, names::mkdirat),
    (number::RMDIR, names::rmdir),
    (number::RENAME, names::rename),
    (number::RENAMEAT, names::renameat),
    (number::POSIX_RENAME, names::posix_rename),
];

const ATTRIBUTES: &[(usize, Handler)] = &[
    (number::CHMOD, attributes::chmod),
    (number::LCHMOD, attributes::lchmod),
    (number::FCHMOD, attributes::fchmod),
    (number::FCHMODAT, attributes::fchmodat),
    (number::CHOWN, attributes::chown),
    (number::LCHOWN, attributes::lchown),
    (number::FCHOWN, attributes::fchown),
    (number::FCHOWNAT, attributes::fchownat),
    (number::POSIX_CHOWN, attributes::chown),
    (number::POSIX_LCHOWN, attributes::lchown),
    (number::POSIX_FCHOWN, attributes::fchown),
    (number::CHFLAGS, attributes::chflags),
    (number::LCHFLAGS, attributes::lchflags),
    (number::FCHFLAGS, attributes::fchflags),
    (number::UTIMES50, attributes::utimes),
    (number::LUTIMES50, attributes::lutimes),
    (number::FUTIMES50, attributes::futimes),
    (number::FUTIMENS, attributes::futimens),
    (number::UTIMENSAT, attributes::utimensat),
];

const FILES: &[(usize, Handler)] = &[
    (number::TRUNCATE, file::truncate),
    (number::FTRUNCATE, file::ftruncate),
    (number::FSYNC, file::fsync),
    (number::FDATASYNC, file::fdatasync),
    (number::FSYNC_RANGE, file::fsync_range),
    (number::POSIX_FALLOCATE, file::posix_fallocate),
    (number::FDISCARD, file::fdiscard),
    (number::POSIX_FADVISE50, advice::posix_fadvise),
    (number::FLOCK, locks::flock),
    (number::REVOKE, open::revoke),
];

const DIRECTORIES_AND_MOUNTS: &[(usize, Handler)] = &[
    (number::CHDIR, directory::chdir),
    (number::FCHDIR, directory::fchdir),
    (number::CHROOT, directory::chroot),
    (number::FCHROOT, directory::fchroot),
    (number::GETCWD, directory::getcwd),
    (number::GETDENTS30, directory::getdents),
    (number::MOUNT50, mounts::mount),
    (number::UNMOUNT, mounts::unmount),
    (number::STATVFS1, mounts::statvfs),
    (number::FSTATVFS1, mounts::fstatvfs),
    (number::GETVFSSTAT, mounts::getvfsstat),
    (number::SYNC, mounts::sync),
    (number::KTRACE, tracing::ktrace),
];

const OLD_CALLS: &[(usize, Handler)] = &[
    (number::COMPAT_50_STAT30, compatibility::stat),
    (number::COMPAT_50_LSTAT30, compatibility::lstat),
    (number::COMPAT_50_FHSTAT40, compatibility::fhstat),
    (number::COMPAT_50_MKNOD, compatibility::mknod),
    (number::COMPAT_50_UTIMES, compatibility::utimes),
    (number::COMPAT_50_LUTIMES, compatibility::lutimes),
    (number::COMPAT_50_FUTIMES, compatibility::futimes),
];

const EXTENDED_ATTRIBUTES: &[(usize, Handler)] = &[
    (number::EXTATTRCTL, extended_attributes::extattrctl),
    (number::EXTATTR_SET_FILE, extended_attributes::set_file),
    (number::EXTATTR_GET_FILE, extended_attributes::get_file),
    (number::EXTATTR_DELETE_FILE, extended_attributes::delete_file),
    (number::EXTATTR_LIST_FILE, extended_attributes::list_file),
    (number::EXTATTR_SET_FD, extended_attributes::set_descriptor),
    (number::EXTATTR_GET_FD, extended_attributes::get_descriptor),
    (number::EXTATTR_DELETE_FD, extended_attributes::delete_descriptor),
    (number::EXTATTR_LIST_FD, extended_attributes::list_descriptor),
    (number::EXTATTR_SET_LINK, extended_attributes::set_link),
    (number::EXTATTR_GET_LINK, extended_attributes::get_link),
    (number::EXTATTR_DELETE_LINK, extended_attributes::delete_link),
    (number::EXTATTR_LIST_LINK, extended_attributes::list_link),
];

const PREFIXED_ATTRIBUTES: &[(usize, Handler)] = &[
    (number::SETXATTR, prefixed_attributes::setxattr),
    (number::LSETXATTR, prefixed_attributes::lsetxattr),
    (number::FSETXATTR, prefixed_attributes::fsetxattr),
    (number::GETXATTR, prefixed_attributes::getxattr),
    (number::LGETXATTR, prefixed_attributes::lgetxattr),
    (number::FGETXATTR, prefixed_attributes::fgetxattr),
    (number::LISTXATTR, prefixed_attributes::listxattr),
    (number::LLISTXATTR, prefixed_attributes::llistxattr),
    (number::FLISTXATTR, prefixed_attributes::flistxattr),
    (number::REMOVEXATTR, prefixed_attributes::removexattr),
    (number::LREMOVEXATTR, prefixed_attributes::lremovexattr),
    (number::FREMOVEXATTR, prefixed_attributes::fremovexattr),
];

/// Registers all of them.
pub(crate) fn load() {
    for rows in [
        OPENING,
        STATUS,
        NAMES,
        ATTRIBUTES,
        FILES,
        DIRECTORIES_AND_MOUNTS,
        OLD_CALLS,
        EXTENDED_ATTRIBUTES,
        PREFIXED_ATTRIBUTES,
    ] {
        register(rows);
    }
}

/// A path from the program.
fn path_of(lwp: &Lwp, address: UserAddress) -> Result<Vec<u8>> {
    let path = lwp.process.space.copy_in_string(address, LONGEST_PATH)?;
    if lwp.process.tracing.is_on() {
        trace::lookup(lwp, &path);
    }
    Ok(path)
}

/// The open file behind a descriptor, if a vnode is behind it.
///
/// # Errors
/// `EBADF` for no descriptor, or one whose file has been revoked; `EINVAL` for one without a vnode.
fn open_vnode(lwp: &Lwp, descriptor: i32) -> Result<(Arc<OpenFile>, VnodeRef)> {
    let file = lwp.process.descriptors.get(descriptor)?;
    let object = file.object_as::<VnodeFile>().ok_or(Errno::EINVAL)?;
    object.check_not_revoked()?;
    let vnode = object.vnode.clone();
    Ok((file, vnode))
}

/// Where the paths of an `*at` call begin.
///
/// # Errors
/// `EBADF`; `ENOTDIR` when the descriptor is no directory's and `path` is relative.
fn start_of(lwp: &Lwp, descriptor: i32, path: &[u8]) -> Result<Option<VnodeRef>> {
    if descriptor == CURRENT_DIRECTORY || path.first() == Some(&b'/') {
        return Ok(None);
    }
    let file = lwp.process.descriptors.get(descriptor)?;
    let object = file.object_as::<VnodeFile>().ok_or(Errno::ENOTDIR)?;
    object.check_not_revoked()?;
    let vnode = &object.vnode;
    if vnode.is_directory() { Ok(Some(vnode.clone())) } else { Err(Errno::ENOTDIR) }
}

/// Resolves the path of an `*at` call.
fn resolve(lwp: &Lwp, descriptor: i32, address: UserAddress, follow: bool) -> Result<VnodeRef> {
    let path = path_of(lwp, address)?;
    let start = start_of(lwp, descriptor, &path)?;
    Resolver::new(&lwp.process)?.resolve(start.as_ref(), &path, follow)
}

/// Whether the flags of an `*at` call follow a symbolic link at the end; other flags are refused.
///
/// # Errors
/// `EINVAL`.
fn follows(flags: i32) -> Result<bool> {
    if flags & !NO_FOLLOW == 0 { Ok(flags & NO_FOLLOW == 0) } else { Err(Errno::EINVAL) }
}

/// Refuses changes on read-only mounts.
///
/// # Errors
/// `EROFS`.
fn check_writable(vnode: &VnodeRef) -> Result<()> {
    if vnode.mount.is_read_only() { Err(Errno::EROFS) } else { Ok(()) }
}
