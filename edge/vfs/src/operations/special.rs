//! Operations on what is open: devices and fifos, and what takes them away.

use super::Answer;
use crate::protocol::{pointer, vnode};
use core::ffi::{c_int, c_void};
use rump::errno::{Errno, Result};
use rump::file::FileStatus;
use rump::sched::Lwp;
use rump::user_memory::UserAddress;
use vfs::{FileFlags, VnodeKind};

/// "Somebody else may know it" (`EPASSTHROUGH`): what a file answers to an ioctl that it does not know.
const PASS_THROUGH: c_int = -4;

/// `F*` of fcntl.h, as operations pass them.
fn status(arguments: &[u64], index: usize) -> FileStatus {
    FileStatus::from_bits_truncate(arguments.get(index).copied().unwrap_or_default() as u32)
}

pub fn open(arguments: &[u64]) -> Result<()> {
    let (vnode, status) = (vnode(arguments, 0)?, status(arguments, 1));
    let flags = FileFlags::from_bits_retain(vnode.operations().attributes()?.flags);
    let writes = status.contains(FileStatus::WRITE) && !status.contains(FileStatus::APPEND);
    if writes && vnode.kind == VnodeKind::Regular && flags.intersects(FileFlags::APPEND) {
        return Err(Errno::EPERM);
    }
    vnode.open_handle(status)
}

pub fn close(arguments: &[u64]) -> Result<()> {
    vnode(arguments, 0)?.close_handle(status(arguments, 1));
    Ok(())
}

/// The data is the kernel's there, which is the program's own here.
pub fn control(lwp: &Lwp, arguments: &[u64]) -> Result<Answer> {
    let vnode = vnode(arguments, 0)?;
    let command = arguments.get(1).copied().unwrap_or_default();
    let data = UserAddress::new(pointer::<c_void>(arguments, 2).addr() as u64);
    if !matches!(vnode.kind, VnodeKind::Fifo | VnodeKind::Character | VnodeKind::Block) {
        return Ok(Answer::Value(PASS_THROUGH));
    }
    vnode.control_handle(lwp, status(arguments, 3), command, data).map(|_| Answer::Done)
}

/// Nothing is left to do for new status flags; no file system here has commands of its own.
pub fn file_control(arguments: &[u64]) -> Result<()> {
    const SET_STATUS: u64 = 4;
    vnode(arguments, 0)?;
    match arguments.get(1).copied().unwrap_or_default() & 0xffff_ffff {
        SET_STATUS => Ok(()),
        _ => Err(Errno::EOPNOTSUPP),
    }
}

pub fn revoke(arguments: &[u64]) -> Result<()> {
    const ALL: u64 = 1;
    let vnode = vnode(arguments, 0)?;
    if arguments.get(1).copied().unwrap_or_default() & ALL == 0 {
        return Err(Errno::EINVAL);
    }
    vfs::revoke(&vnode)
}
