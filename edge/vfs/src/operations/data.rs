//! Operations on the data of a file.

use super::pages;
use crate::handles::store;
use crate::protocol::{pointer, vnode};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ffi::{c_int, c_void};
use core::ptr::null_mut;
use rump::abi::uio::with_uio;
use rump::errno::{Errno, Result};
use rump::file::FileStatus;
use rump::host::memory;
use rump::uio::Uio;
use vfs::{DirectorySink, IoFlags, SyncScope, VnodeKind, VnodeRef};

const IO_APPEND: u64 = 0x20;
const IO_SYNC: u64 = 0x40;
const IO_NONBLOCK: u64 = 0x100;
const IO_DATA_SYNC: u64 = 0x200;

fn flags(io_flags: u64) -> IoFlags {
    let mut flags = IoFlags::empty();
    flags.set(IoFlags::APPEND, io_flags & IO_APPEND != 0);
    flags.set(IoFlags::SYNCHRONOUS, io_flags & (IO_SYNC | IO_DATA_SYNC) != 0);
    flags.set(IoFlags::NONBLOCK, io_flags & IO_NONBLOCK != 0);
    flags
}

fn transfer(arguments: &[u64], operation: impl FnOnce(&mut Uio<'_>) -> Result<()>) -> Result<()> {
    // SAFETY: the program passes what `rump_pub_uio_setup` gave it.
    unsafe { with_uio(pointer::<c_void>(arguments, 1), operation) }
}

fn is_plain(vnode: &VnodeRef) -> bool {
    matches!(vnode.kind, VnodeKind::Regular | VnodeKind::Directory)
}

/// How a fifo or device is asked to move data.
fn status(io_flags: u64) -> FileStatus {
    if io_flags & IO_NONBLOCK != 0 { FileStatus::NONBLOCK } else { FileStatus::empty() }
}

pub fn read(arguments: &[u64]) -> Result<()> {
    let vnode = vnode(arguments, 0)?;
    let io_flags = arguments.get(2).copied().unwrap_or_default();
    transfer(arguments, |uio| {
        if is_plain(&vnode) {
            return vnode.operations().read(uio, flags(io_flags));
        }
        vnode.read_handle(uio, status(io_flags))
    })
}

pub fn write(arguments: &[u64]) -> Result<()> {
    let vnode = vnode(arguments, 0)?;
    let io_flags = arguments.get(2).copied().unwrap_or_default();
    if vnode.mount.is_read_only() && is_plain(&vnode) {
        return Err(Errno::EROFS);
    }
    transfer(arguments, |uio| {
        if is_plain(&vnode) {
            return vnode.write(uio, flags(io_flags));
        }
        vnode.write_handle(uio, status(io_flags))
    })
}

/// Packs entries as getdents does, and notes where each one's successor begins.
struct Entries {
    bytes: Vec<u8>,
    room: usize,
    cookies: Vec<i64>,
}

impl DirectorySink for Entries {
    fn entry(&mut self, number: u64, kind: Option<VnodeKind>, name: &[u8], next: u64) -> bool {
        if !vfs::put_directory_entry(&mut self.bytes, self.room, number, kind, name) {
            return false;
        }
        self.cookies.push(next as i64);
        true
    }
}

pub fn read_directory(arguments: &[u64]) -> Result<()> {
    let vnode = vnode(arguments, 0)?;
    if !vnode.is_directory() {
        return Err(Errno::ENOTDIR);
    }
    let (end, cookies) = (pointer::<c_int>(arguments, 3), pointer::<*mut i64>(arguments, 4));
    let count = pointer::<c_int>(arguments, 5);
    let mut entries = Entries { bytes: Vec::new(), room: 0, cookies: Vec::new() };
    let mut at_end = false;
    transfer(arguments, |uio| {
        entries.room = uio.residual();
        let start = uio.offset;
        let next = vnode.operations().read_directory(start, &mut entries)?;
        uio.copy_out(&entries.bytes)?;
        // The offset is a position among the entries, not a number of bytes.
        uio.offset = next;
        let mut probe = Probe { has_more: false };
        vnode.operations().read_directory(next, &mut probe)?;
        at_end = !probe.has_more;
        Ok(())
    })?;
    // SAFETY: the program passes null or places for the answers.
    unsafe {
        store(end, c_int::from(at_end));
        if !cookies.is_null() && !count.is_null() {
            cookies.write(give_array(&entries.cookies)?);
            count.write(entries.cookies.len() as c_int);
        }
    }
    Ok(())
}

/// Takes no entry: whether one is offered says whether there is more.
struct Probe {
    has_more: bool,
}

impl DirectorySink for Probe {
    fn entry(&mut self, _number: u64, _kind: Option<VnodeKind>, _name: &[u8], _next: u64) -> bool {
        self.has_more = true;
        false
    }
}

/// An array that the program frees with the host's `free`.
fn give_array(values: &[i64]) -> Result<*mut i64> {
    if values.is_empty() {
        return Ok(null_mut());
    }
    let array = memory::allocate(size_of_val(values), align_of::<i64>().max(16)).ok_or(Errno::ENOMEM)?;
    let array = array.cast::<i64>().as_ptr();
    // SAFETY: the allocation is as large as the values.
    unsafe { core::ptr::copy_nonoverlapping(values.as_ptr(), array, values.len()) };
    Ok(array)
}

pub fn read_link(arguments: &[u64]) -> Result<()> {
    let vnode = vnode(arguments, 0)?;
    if vnode.kind != VnodeKind::SymbolicLink {
        return Err(Errno::EINVAL);
    }
    let target = vnode.operations().read_link()?;
    transfer(arguments, |uio| {
        let start = usize::try_from(uio.offset).unwrap_or(usize::MAX).min(target.len());
        uio.copy_out(&target[start..]).map(|_| ())
    })
}

/// A byte range of a regular file.
fn range(arguments: &[u64]) -> Result<(VnodeRef, u64, u64)> {
    let vnode = vnode(arguments, 0)?;
    let at = |index: usize| arguments.get(index).map_or(-1, |&value| value as i64);
    let (position, length) = (at(1), at(2));
    if position < 0 || length <= 0 {
        return Err(Errno::EINVAL);
    }
    match vnode.kind {
        VnodeKind::Regular => Ok((vnode, position as u64, length as u64)),
        VnodeKind::Directory => Err(Errno::EISDIR),
        _ => Err(Errno::EOPNOTSUPP),
    }
}

pub fn allocate(arguments: &[u64]) -> Result<()> {
    let (vnode, position, length) = range(arguments)?;
    vnode.allocate(position, length)
}

pub fn discard(arguments: &[u64]) -> Result<()> {
    let (vnode, position, length) = range(arguments)?;
    vnode.operations().discard(position, length)
}

/// Makes a file stable, or the range between two offsets; with an end of 0 all of it.
pub fn synchronise(arguments: &[u64]) -> Result<()> {
    const DATA_ONLY: u64 = 0x2;
    let data_only = arguments.get(2).is_some_and(|flags| flags & DATA_ONLY != 0);
    let scope = if data_only { SyncScope::Data } else { SyncScope::Everything };
    let vnode = vnode(arguments, 0)?;
    pages::write_changed(&vnode)?;
    let at =
        |index: usize| arguments.get(index).map_or(0, |&offset| offset.cast_signed().max(0).cast_unsigned());
    match (at(3), at(4)) {
        (_, 0) => vnode.operations().sync(scope),
        (start, end) => vnode.operations().sync_range(scope, start..end),
    }
}

/// Whether a file can be mapped; what is mapped is up to the host.
pub fn map(arguments: &[u64]) -> Result<()> {
    match vnode(arguments, 0)?.kind {
        VnodeKind::Block | VnodeKind::Fifo | VnodeKind::Socket => Err(Errno::EOPNOTSUPP),
        _ => Ok(()),
    }
}

/// The device block of a file block; -1 for a hole. The device's vnode is not given: mounts do not keep one.
pub fn map_block(arguments: &[u64]) -> Result<()> {
    const DEVICE_BLOCK: u64 = 512;
    let vnode = vnode(arguments, 0)?;
    let block = arguments.get(1).copied().unwrap_or_default();
    let (device, place, run) =
        (pointer::<*mut c_void>(arguments, 2), pointer::<i64>(arguments, 3), pointer::<c_int>(arguments, 4));
    if !device.is_null() {
        let node = vnode.mount.device().ok_or(Errno::EOPNOTSUPP)?;
        // SAFETY: a place for the answer. The mount keeps the node; the program gets no reference of its own.
        unsafe { store(device, Arc::as_ptr(node.vnode()).cast_mut().cast()) };
        if place.is_null() {
            return Ok(());
        }
    }
    let block_size = u64::from(vnode.operations().attributes()?.block_size).max(1);
    let mapped = vnode.operations().map_block(block.checked_mul(block_size).ok_or(Errno::EFBIG)?)?;
    let number = mapped.map_or(-1, |(offset, _)| (offset / DEVICE_BLOCK) as i64);
    let following = mapped.map_or(0, |(_, contiguous)| (contiguous / block_size).saturating_sub(1));
    // SAFETY: the program passes null or places for the answers.
    unsafe {
        store(place, number);
        store(run, c_int::try_from(following).unwrap_or(c_int::MAX));
    }
    Ok(())
}

pub fn seek(arguments: &[u64]) -> Result<()> {
    vnode(arguments, 0)?;
    let new = arguments.get(2).map_or(-1, |&offset| offset as i64);
    if new < 0 { Err(Errno::EINVAL) } else { Ok(()) }
}
