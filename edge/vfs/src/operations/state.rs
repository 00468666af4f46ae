//! Operations on what a vnode is: attributes, locks, readiness.

use crate::attributes::Vattr;
use crate::component_name::credentials;
use crate::handles::store;
use crate::knote;
use crate::protocol::{pointer, vnode};
use core::ffi::{c_int, c_void};
use rump::errno::{Errno, Result};
use rump::host::console;
use rump::poll::Events;
use rump::sched::Lwp;
use vfs::Vnode;
use vfs::access::{self, AccessMode};
use vfs::advisory_lock::{AdvisoryLock, LockOwner, LockRange};
use vfs::handle_lock::HandleLockMode;
use vfs::state::FileSystems;

pub fn access(lwp: &Lwp, arguments: &[u64]) -> Result<()> {
    let vnode = vnode(arguments, 0)?;
    let mode = AccessMode::from_bits_truncate(arguments.get(1).copied().unwrap_or_default() as u32);
    // SAFETY: the credentials came from `rump_pub_cred_create`.
    let who = unsafe { credentials(pointer::<c_void>(arguments, 2), lwp) };
    if mode.contains(AccessMode::WRITE) && vnode.mount.is_read_only() {
        return Err(Errno::EROFS);
    }
    access::check(&vnode.operations().attributes()?, mode, &who)
}

pub fn get_attributes(arguments: &[u64]) -> Result<()> {
    let vnode = vnode(arguments, 0)?;
    let place = pointer::<Vattr>(arguments, 1);
    if place.is_null() {
        return Err(Errno::EFAULT);
    }
    let attributes = Vattr::of(&vnode.operations().attributes()?, vnode.mount.id);
    // SAFETY: the program passes a place for the attributes.
    unsafe { store(place, attributes) };
    Ok(())
}

pub fn set_attributes(lwp: &Lwp, arguments: &[u64]) -> Result<()> {
    let vnode = vnode(arguments, 0)?;
    // SAFETY: the program passes attributes that live for the call.
    let vattr = unsafe { pointer::<Vattr>(arguments, 1).as_ref() }.ok_or(Errno::EFAULT)?;
    // SAFETY: the credentials came from `rump_pub_cred_create`.
    let who = unsafe { credentials(pointer::<c_void>(arguments, 2), lwp) };
    let mut change = vattr.change()?;
    if vnode.mount.is_read_only() {
        return Err(Errno::EROFS);
    }
    let now = vnode.operations().attributes()?;
    access::check_change(&now, &mut change, &who)?;
    if change.size.is_some() {
        access::check_flags(&now, false)?;
    }
    vnode.set_attributes(&change)
}

pub fn path_configuration(arguments: &[u64]) -> Result<()> {
    let vnode = vnode(arguments, 0)?;
    let name = arguments.get(1).map_or(-1, |&name| name as i32);
    let value = vfs::path_configuration(&vnode, name)?;
    // SAFETY: the program passes a place for the answer.
    unsafe { store(pointer::<i64>(arguments, 2), value) };
    Ok(())
}

pub fn lock(arguments: &[u64]) -> Result<()> {
    const SHARED: u64 = 0x1;
    const EXCLUSIVE: u64 = 0x2;
    const NO_WAIT: u64 = 0x10;
    let flags = arguments.get(1).copied().unwrap_or_default();
    let mode = match flags & (SHARED | EXCLUSIVE) {
        SHARED => HandleLockMode::Shared,
        EXCLUSIVE => HandleLockMode::Exclusive,
        _ => return Err(Errno::EINVAL),
    };
    vnode(arguments, 0)?.handle_lock.lock(mode, flags & NO_WAIT == 0)
}

pub fn unlock(arguments: &[u64]) -> Result<()> {
    if vnode(arguments, 0)?.handle_lock.unlock() { Ok(()) } else { Err(Errno::EINVAL) }
}

/// `LK_EXCLUSIVE`, `LK_SHARED`, or 0.
pub fn is_locked(arguments: &[u64]) -> Result<c_int> {
    Ok(match vnode(arguments, 0)?.handle_lock.mode() {
        Some(HandleLockMode::Exclusive) => 2,
        Some(HandleLockMode::Shared) => 1,
        None => 0,
    })
}

/// `struct flock`.
#[repr(C)]
struct Flock {
    start: i64,
    length: i64,
    process: i32,
    kind: i16,
    whence: i16,
}

/// The bytes that are meant; a negative length counts backwards. Offsets from the current one have been made absolute by who
/// calls.
fn lock_range(vnode: &Vnode, request: &Flock) -> Result<LockRange> {
    let base = match request.whence {
        0 | 1 => 0,
        2 => i64::try_from(vnode.operations().attributes()?.size).map_err(|_| Errno::EOVERFLOW)?,
        _ => return Err(Errno::EINVAL),
    };
    let start = base.checked_add(request.start).ok_or(Errno::EOVERFLOW)?;
    let end = start.checked_add(request.length).ok_or(Errno::EOVERFLOW)?;
    let (first, last) = (start.min(end), start.max(end));
    let start = u64::try_from(first).map_err(|_| Errno::EINVAL)?;
    Ok(LockRange { start, end: if request.length == 0 { u64::MAX } else { last as u64 } })
}

pub fn advisory_lock(arguments: &[u64]) -> Result<()> {
    const GET: u64 = 7;
    const SET: u64 = 8;
    const REMOVE: u64 = 2;
    const WRITE_LOCK: i16 = 3;
    const UNLOCKED: i16 = 2;
    const WAIT: u64 = 0x10;
    let vnode = vnode(arguments, 0)?;
    let operation = arguments.get(2).copied().unwrap_or_default();
    let flags = arguments.get(4).copied().unwrap_or_default();
    // SAFETY: the program passes a request that lives for the call.
    let request = unsafe { pointer::<Flock>(arguments, 3).as_mut() }.ok_or(Errno::EFAULT)?;
    let range = lock_range(&vnode, request)?;
    let owner = LockOwner::OpenFile(arguments.get(1).map_or(0, |&id| id as usize));
    let exclusive = request.kind == WRITE_LOCK;
    let locks = vnode.advisory_locks();
    match operation {
        REMOVE => locks.unlock(owner, range),
        SET => {
            let patience = FileSystems::of(&vnode.mount.kernel)?.patience(flags & WAIT != 0);
            locks.lock(AdvisoryLock { owner, range, exclusive }, patience)?;
        }
        GET => match locks.conflict(&AdvisoryLock { owner, range, exclusive }) {
            None => request.kind = UNLOCKED,
            Some(found) => {
                let open_ended = found.range.end == u64::MAX;
                request.start = found.range.start as i64;
                request.length = if open_ended { 0 } else { (found.range.end - found.range.start) as i64 };
                request.kind = if found.exclusive { WRITE_LOCK } else { 1 };
                request.process = -1;
            }
        },
        _ => return Err(Errno::EINVAL),
    }
    Ok(())
}

/// The answer is the events that hold, not an errno.
pub fn poll(arguments: &[u64]) -> Result<c_int> {
    let events = Events::from_bits_truncate(arguments.get(1).copied().unwrap_or_default() as u32);
    Ok(vnode(arguments, 0)?.poll_handle(events & Events::POLLABLE).bits() as c_int)
}

/// Enters a program that watches the vnode.
pub fn watch(arguments: &[u64]) -> Result<()> {
    let vnode = vnode(arguments, 0)?;
    // SAFETY: the program passes a knote that it keeps until it has detached it.
    unsafe { knote::attach(&vnode, pointer::<c_void>(arguments, 1)) }
}

/// Says on the console what the vnode is.
pub fn print(arguments: &[u64]) -> Result<()> {
    let vnode = vnode(arguments, 0)?;
    console::print(format_args!(
        "vnode {} on {} ({}): {:?}, {} in use, locked: {:?}\n",
        vnode.number,
        vnode.mount.id,
        vnode.mount.type_name,
        vnode.kind,
        vnode.uses(),
        vnode.handle_lock.mode()
    ));
    Ok(())
}

/// Ends a vnode that only the program uses, which still has to release it.
pub fn reclaim(arguments: &[u64]) -> Result<()> {
    // The program's reference and the one here.
    const OWN_USES: u32 = 2;
    let vnode = vnode(arguments, 0)?;
    vnode.mount.vnodes.reclaim(&vnode, OWN_USES)
}

/// Says that a file without a name may go at once. Freeing happens with the last reference.
pub fn inactive(arguments: &[u64]) -> Result<()> {
    let vnode = vnode(arguments, 0)?;
    let recycle = vnode.operations().attributes()?.links == 0;
    // SAFETY: the program passes a place for the answer.
    unsafe { store(pointer::<bool>(arguments, 1), recycle) };
    Ok(())
}
