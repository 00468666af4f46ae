//! truncate(2), fsync(2), posix_fallocate(2), fdiscard(2).

use super::{CURRENT_DIRECTORY, check_writable, open_vnode, resolve};
use crate::access::{self, AccessMode};
use crate::attributes::{AttributeChange, VnodeKind};
use crate::vnode::{SyncScope, VnodeRef};
use crate::vnode_file::VnodeFile;
use core::ops::Range;
use rump::abi::system_call::table::{
    FdatasyncArguments, FdiscardArguments, FsyncArguments, FsyncRangeArguments, FtruncateArguments,
    PosixFallocateArguments, TruncateArguments,
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

/// Makes a file stable that is open as `needed`, or a range of it.
fn sync(
    lwp: &Lwp,
    descriptor: i32,
    scope: SyncScope,
    needed: FileStatus,
    range: Option<Range<u64>>,
) -> Result<ReturnValue> {
    let (file, vnode) = open_vnode(lwp, descriptor)?;
    if !file.status().contains(needed) {
        return Err(Errno::EBADF);
    }
    if let Some(device) = file.object_as::<VnodeFile>().and_then(VnodeFile::block_device) {
        device.flush()?;
    }
    match range {
        None => vnode.operations().sync(scope)?,
        Some(range) => vnode.operations().sync_range(scope, range)?,
    }
    Ok(DONE)
}

pub(super) fn fsync(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = FsyncArguments::from_slots(slots);
    sync(lwp, call.fd, SyncScope::Everything, FileStatus::empty(), None)
}

pub(super) fn fdatasync(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = FdatasyncArguments::from_slots(slots);
    sync(lwp, call.fd, SyncScope::Data, FileStatus::WRITE, None)
}

/// Makes the data of a range stable, and the metadata of the file system. The disk's own cache is always told to write
/// (`FDISKSYNC`): without that nothing is stable.
pub(super) fn fsync_range(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    const DATA: i32 = 0x10;
    const FILE: i32 = 0x20;
    let call = FsyncRangeArguments::from_slots(slots);
    let range = if call.length == 0 {
        None
    } else {
        let end = call.start.checked_add(call.length).filter(|&end| end > call.start).ok_or(Errno::EINVAL)?;
        Some(call.start.max(0).cast_unsigned()..end.max(0).cast_unsigned())
    };
    let scope = match call.flags & (DATA | FILE) {
        DATA => SyncScope::Data,
        FILE => SyncScope::Everything,
        _ => return Err(Errno::EINVAL),
    };
    sync(lwp, call.fd, scope, FileStatus::WRITE, range)
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
