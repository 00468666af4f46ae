//! truncate(2), fsync(2), posix_fallocate(2), fdiscard(2).

use super::{CURRENT_DIRECTORY, check_writable, open_vnode, resolve};
use crate::access::{self, AccessMode};
use crate::attributes::{AttributeChange, VnodeKind};
use crate::vnode::{SyncScope, VnodeRef};
use crate::vnode_file::VnodeFile;
use rump::abi::system_call::table::{
    FdatasyncArguments, FdiscardArguments, FsyncArguments, FsyncRangeArguments, FtruncateArguments,
    PosixFadvise50Arguments, PosixFallocateArguments, TruncateArguments,
};
use rump::errno::{Errno, Result};
use rump::file::FileStatus;
use rump::sched::Lwp;
use rump::syscall::{DONE, ReturnValue};

fn set_size(vnode: &VnodeRef, length: i64) -> Result<ReturnValue> {
    let size = u64::try_from(length).map_err(|_| Errno::EINVAL)?;
    match vnode.kind {
        VnodeKind::Directory => return Err(Errno::EISDIR),
        VnodeKind::Regular => {
            check_writable(vnode)?;
            access::check_flags(&vnode.operations().attributes()?, false)?;
        }
        // Devices and fifos have no size to set, and it does no harm to ask.
        _ => return Ok(DONE),
    }
    let change = AttributeChange { size: Some(size), ..AttributeChange::default() };
    vnode.set_attributes(&change)?;
    Ok(DONE)
}

pub(super) fn truncate(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = TruncateArguments::from_slots(slots);
    let vnode = resolve(lwp, CURRENT_DIRECTORY, call.path, true)?;
    let attributes = vnode.operations().attributes()?;
    access::check(&attributes, AccessMode::WRITE, &lwp.process.credentials())?;
    set_size(&vnode, call.length)
}

pub(super) fn ftruncate(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = FtruncateArguments::from_slots(slots);
    let (file, vnode) = open_vnode(lwp, call.fd)?;
    if !file.status().contains(FileStatus::WRITE) {
        return Err(Errno::EINVAL);
    }
    set_size(&vnode, call.length)
}

fn sync(lwp: &Lwp, descriptor: i32, scope: SyncScope, needed: FileStatus) -> Result<ReturnValue> {
    let (file, vnode) = open_vnode(lwp, descriptor)?;
    if !file.status().contains(needed) {
        return Err(Errno::EBADF);
    }
    if let Some(device) = file.object_as::<VnodeFile>().and_then(VnodeFile::block_device) {
        device.flush()?;
    }
    vnode.operations().sync(scope)?;
    Ok(DONE)
}

pub(super) fn fsync(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = FsyncArguments::from_slots(slots);
    sync(lwp, call.fd, SyncScope::Everything, FileStatus::empty())
}

pub(super) fn fdatasync(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = FdatasyncArguments::from_slots(slots);
    sync(lwp, call.fd, SyncScope::Data, FileStatus::WRITE)
}

/// More than the range is made stable, which is allowed.
pub(super) fn fsync_range(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    const DATA: i32 = 0x10;
    const FILE: i32 = 0x20;
    let call = FsyncRangeArguments::from_slots(slots);
    if call.length != 0 && call.start.checked_add(call.length).is_none_or(|end| end < call.start) {
        return Err(Errno::EINVAL);
    }
    let scope = match call.flags & (DATA | FILE) {
        DATA => SyncScope::Data,
        FILE => SyncScope::Everything,
        _ => return Err(Errno::EINVAL),
    };
    sync(lwp, call.fd, scope, FileStatus::WRITE)
}

/// A byte range of a file that is open for writing.
fn range(lwp: &Lwp, descriptor: i32, position: i64, length: i64) -> Result<(VnodeRef, u64, u64)> {
    let file = lwp.process.descriptors.get(descriptor)?;
    if !file.status().contains(FileStatus::WRITE) {
        return Err(Errno::EBADF);
    }
    let (_, vnode) = open_vnode(lwp, descriptor).map_err(|_| Errno::ENODEV)?;
    if vnode.kind == VnodeKind::Directory {
        return Err(Errno::EISDIR);
    }
    if vnode.kind != VnodeKind::Regular {
        return Err(Errno::ENODEV);
    }
    if position < 0 || length <= 0 {
        return Err(Errno::EINVAL);
    }
    position.checked_add(length).ok_or(Errno::EFBIG)?;
    check_writable(&vnode)?;
    Ok((vnode, position as u64, length as u64))
}

pub(super) fn posix_fallocate(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = PosixFallocateArguments::from_slots(slots);
    let (vnode, position, length) = range(lwp, call.fd, call.pos, call.len)?;
    vnode.allocate(position, length)?;
    Ok(DONE)
}

pub(super) fn fdiscard(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = FdiscardArguments::from_slots(slots);
    let (vnode, position, length) = range(lwp, call.fd, call.pos, call.len)?;
    vnode.operations().discard(position, length)?;
    Ok(DONE)
}

/// Advice may be ignored, and is; what must be refused is refused.
pub(super) fn posix_fadvise(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    const LAST_ADVICE: i32 = 5;
    let call = PosixFadvise50Arguments::from_slots(slots);
    let file = lwp.process.descriptors.get(call.fd)?;
    if !file.object().is_seekable() {
        return Err(Errno::ESPIPE);
    }
    if call.len < 0 || !(0..=LAST_ADVICE).contains(&call.advice) {
        return Err(Errno::EINVAL);
    }
    Ok(DONE)
}
