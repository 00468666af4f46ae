//! Transfers that a C program describes by a `struct buf`. All are complete when the operation returns, asynchronous ones too.

use crate::buffer::BufferHandle;
use crate::protocol::{pointer, vnode};
use core::ffi::c_void;
use rump::errno::{Errno, Result};
use rump::file::FileStatus;
use rump::uio::Uio;
use vfs::{IoFlags, VnodeKind, VnodeRef};

/// The unit of `b_blkno` in bytes (`DEV_BSIZE`).
const DEVICE_BLOCK: u64 = 512;

fn buffer(arguments: &[u64]) -> Result<BufferHandle> {
    // SAFETY: the program passes a buffer that is this operation's until it is complete.
    unsafe { BufferHandle::new(pointer::<c_void>(arguments, 1)) }
}

/// Carries a transfer out. The error is in the buffer as well.
pub fn strategy(arguments: &[u64]) -> Result<()> {
    let (vnode, buffer) = (vnode(arguments, 0)?, buffer(arguments)?);
    if buffer.is_done() {
        return Err(Errno::EINVAL);
    }
    carry_out(&vnode, buffer)
}

/// Writes a buffer out and gives it up (bwrite(9)). Of an asynchronous one the error is in the buffer only.
pub fn write_buffer(arguments: &[u64]) -> Result<()> {
    let (vnode, buffer) = (vnode(arguments, 0)?, buffer(arguments)?);
    if buffer.vnode().is_some_and(|owner| owner != vnode) {
        return Err(Errno::EINVAL);
    }
    let is_asynchronous = buffer.is_asynchronous();
    buffer.begin_write();
    let result = carry_out(&vnode, buffer);
    if is_asynchronous {
        // Whoever is told of its end may have freed it.
        return Ok(());
    }
    buffer.release();
    result
}

fn carry_out(vnode: &VnodeRef, buffer: BufferHandle) -> Result<()> {
    let mut moved = 0;
    let result = match vnode.kind {
        VnodeKind::Regular => in_file(vnode, buffer, &mut moved),
        VnodeKind::Block => on_device(vnode, buffer, &mut moved),
        VnodeKind::Directory => Err(Errno::EISDIR),
        _ => Err(Errno::EOPNOTSUPP),
    };
    buffer.complete(moved, result);
    result
}

/// Where a buffer lies in its file.
struct Place {
    offset: u64,
    /// The offset of its block by which the file system finds it on the device; `None` where there is no device.
    mapped: Option<u64>,
}

/// The block of the device on which that offset of the file lies; -1 for a hole.
fn device_block(vnode: &VnodeRef, offset: u64) -> Result<i64> {
    let mapped = vnode.operations().map_block(offset)?;
    Ok(mapped.map_or(-1, |(start, _)| (start / DEVICE_BLOCK) as i64))
}

/// On file systems with a device, buffers go by their logical block. A physical one that is another than that is refused: it
/// would lead past the file, and past what is cached of it.
fn place(vnode: &VnodeRef, buffer: BufferHandle) -> Result<Place> {
    let block_size = u64::from(vnode.operations().attributes()?.block_size).max(1);
    let logical = u64::try_from(buffer.logical_block()).ok().and_then(|block| block.checked_mul(block_size));
    match device_block(vnode, logical.unwrap_or(0)) {
        Err(Errno::EOPNOTSUPP) => Ok(Place { offset: device_offset(buffer)?, mapped: None }),
        Err(error) => Err(error),
        Ok(block) if buffer.block() == buffer.logical_block() || buffer.block() == block => {
            let offset = logical.ok_or(Errno::EINVAL)?;
            Ok(Place { offset, mapped: Some(offset) })
        }
        Ok(_) => Err(Errno::EINVAL),
    }
}

fn device_offset(buffer: BufferHandle) -> Result<u64> {
    let block = u64::try_from(buffer.block()).ok();
    block.and_then(|block| block.checked_mul(DEVICE_BLOCK)).ok_or(Errno::EINVAL)
}

/// Reads or writes a block of a regular file, through whatever is cached of it. The file keeps its size: what is read behind its
/// end is zeroes, and what is to be written there is left out.
fn in_file(vnode: &VnodeRef, buffer: BufferHandle, moved: &mut usize) -> Result<()> {
    let count = buffer.count()?;
    let place = place(vnode, buffer)?;
    place.offset.checked_add(count as u64).filter(|&end| i64::try_from(end).is_ok()).ok_or(Errno::EINVAL)?;
    if buffer.is_read() {
        read_file(vnode, buffer.transfer(count, place.offset)?, count, moved)?;
    } else {
        if vnode.mount.is_read_only() {
            return Err(Errno::EROFS);
        }
        let size = vnode.operations().attributes()?.size;
        let left = size.checked_sub(place.offset).filter(|&left| left > 0).ok_or(Errno::EINVAL)?;
        let length = usize::try_from(left).map_or(count, |left| left.min(count));
        write_file(vnode, buffer.transfer(length, place.offset)?, length, moved)?;
        *moved = count;
    }
    if let Some(offset) = place.mapped {
        buffer.set_block(device_block(vnode, offset)?);
    }
    Ok(())
}

fn read_file(vnode: &VnodeRef, mut uio: Uio<'_>, count: usize, moved: &mut usize) -> Result<()> {
    let result = vnode.operations().read(&mut uio, IoFlags::empty());
    *moved = count - uio.residual();
    result?;
    uio.zero_out(uio.residual())?;
    *moved = count;
    Ok(())
}

fn write_file(vnode: &VnodeRef, mut uio: Uio<'_>, length: usize, moved: &mut usize) -> Result<()> {
    let result = vnode.write(&mut uio, IoFlags::SYNCHRONOUS);
    // After an error, what was taken over need not have arrived.
    *moved = if result.is_err() && uio.has_lost() { 0 } else { length - uio.residual() };
    result
}

/// Reads or writes sectors of a block device. A transfer is cut at the end of the device; one that begins there moves nothing.
fn on_device(vnode: &VnodeRef, buffer: BufferHandle, moved: &mut usize) -> Result<()> {
    let count = buffer.count()?;
    let status = if buffer.is_read() { FileStatus::READ } else { FileStatus::WRITE };
    let (size, sector) = vnode.device_size(status)?;
    buffer.set_device(vnode.device);
    let offset = device_offset(buffer)?;
    if offset > size || !(count as u64).is_multiple_of(u64::from(sector).max(DEVICE_BLOCK)) {
        return Err(Errno::EINVAL);
    }
    let length = usize::try_from(size - offset).map_or(count, |left| left.min(count));
    if length == 0 {
        return Ok(());
    }
    if length < count {
        buffer.shorten(length);
    }
    let mut uio = buffer.transfer(length, offset)?;
    let result = if buffer.is_read() {
        vnode.read_handle(&mut uio, FileStatus::empty())
    } else {
        vnode.write_handle(&mut uio, FileStatus::empty())
    };
    *moved = if result.is_err() && uio.has_lost() { 0 } else { length - uio.residual() };
    result
}
