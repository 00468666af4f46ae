//! stat(2), access(2), readlink(2), pathconf(2).

use super::{CURRENT_DIRECTORY, NO_FOLLOW, follows, open_vnode, path_of, resolve, start_of};
use crate::access::{self, AccessMode};
use crate::attributes::VnodeKind;
use crate::lookup::{LONGEST_NAME, LONGEST_PATH, Resolver};
use crate::vnode::VnodeRef;
use crate::vnode_file::file_attributes;
use alloc::sync::Arc;
use rump::abi::system_call::table::{
    AccessArguments, FaccessatArguments, FpathconfArguments, FstatatArguments, Lstat50Arguments,
    PathconfArguments, ReadlinkArguments, ReadlinkatArguments, Stat50Arguments,
};
use rump::errno::{Errno, Result};
use rump::file::FileAttributes;
use rump::process::Credentials;
use rump::sched::Lwp;
use rump::syscall::{DONE, ReturnValue};
use rump::syscalls::write_status;
use rump::user_memory::UserAddress;

/// What stat(2) says of a vnode.
pub(super) fn status_of_vnode(vnode: &VnodeRef) -> Result<FileAttributes> {
    let mut status = file_attributes(vnode.mount.id, &vnode.operations().attributes()?);
    if vnode.kind == VnodeKind::Block
        && let Some(device) =
            crate::state::FileSystems::of(&vnode.mount.kernel)?.devices.registered_block(vnode.device)
    {
        status.size = device.size();
    }
    Ok(status)
}

pub(super) fn write_vnode_status(lwp: &Lwp, vnode: &VnodeRef, to: UserAddress) -> Result<ReturnValue> {
    write_status(lwp.process.space, &status_of_vnode(vnode)?, to)?;
    Ok(DONE)
}

pub(super) fn stat(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Stat50Arguments::from_slots(slots);
    write_vnode_status(lwp, &resolve(lwp, CURRENT_DIRECTORY, call.path, true)?, call.ub)
}

pub(super) fn lstat(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Lstat50Arguments::from_slots(slots);
    write_vnode_status(lwp, &resolve(lwp, CURRENT_DIRECTORY, call.path, false)?, call.ub)
}

pub(super) fn fstatat(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = FstatatArguments::from_slots(slots);
    write_vnode_status(lwp, &resolve(lwp, call.fd, call.path, follows(call.flag)?)?, call.buf)
}

/// The credentials that access(2) checks: the real identities in place of the effective ones.
fn real(who: &Credentials) -> Arc<Credentials> {
    let mut real = who.clone();
    real.effective_user = who.real_user;
    real.effective_group = who.real_group;
    Arc::new(real)
}

fn check(lwp: &Lwp, descriptor: i32, path: UserAddress, mode: i32, flags: i32) -> Result<ReturnValue> {
    const EFFECTIVE: i32 = 0x100;
    if flags & !(EFFECTIVE | NO_FOLLOW) != 0 || mode & !7 != 0 {
        return Err(Errno::EINVAL);
    }
    let path = path_of(lwp, path)?;
    let start = start_of(lwp, descriptor, &path)?;
    let mut resolver = Resolver::new(&lwp.process)?;
    if flags & EFFECTIVE == 0 {
        let who = real(&resolver.who);
        resolver = resolver.with_credentials(who);
    }
    let vnode = resolver.resolve(start.as_ref(), &path, flags & NO_FOLLOW == 0)?;
    let mode = AccessMode::from_bits_truncate(mode as u32);
    let kept = matches!(vnode.kind, VnodeKind::Regular | VnodeKind::Directory | VnodeKind::SymbolicLink);
    if mode.contains(AccessMode::WRITE) && kept && vnode.mount.is_read_only() {
        return Err(Errno::EROFS);
    }
    let attributes = vnode.operations().attributes()?;
    if mode.contains(AccessMode::WRITE) {
        access::check_flags(&attributes, true)?;
    }
    access::check(&attributes, mode, &resolver.who)?;
    Ok(DONE)
}

pub(super) fn access(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = AccessArguments::from_slots(slots);
    check(lwp, CURRENT_DIRECTORY, call.path, call.flags, 0)
}

pub(super) fn faccessat(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = FaccessatArguments::from_slots(slots);
    check(lwp, call.fd, call.path, call.amode, call.flag)
}

fn read_link(lwp: &Lwp, vnode: &VnodeRef, buffer: UserAddress, size: usize) -> Result<ReturnValue> {
    if vnode.kind != VnodeKind::SymbolicLink {
        return Err(Errno::EINVAL);
    }
    let target = vnode.operations().read_link()?;
    let count = target.len().min(size);
    lwp.process.space.copy_out(&target[..count], buffer)?;
    Ok(count.into())
}

pub(super) fn readlink(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = ReadlinkArguments::from_slots(slots);
    read_link(lwp, &resolve(lwp, CURRENT_DIRECTORY, call.path, false)?, call.buf, call.count)
}

pub(super) fn readlinkat(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = ReadlinkatArguments::from_slots(slots);
    read_link(lwp, &resolve(lwp, call.fd, call.path, false)?, call.buf, call.bufsize)
}

/// A value of pathconf(2): those that are the same everywhere; the file system knows the rest.
///
/// # Errors
/// `EINVAL` for a name that is none.
pub fn path_configuration(vnode: &VnodeRef, name: i32) -> Result<i64> {
    const NAME_MAX: i32 = 4;
    const PATH_MAX: i32 = 5;
    const PIPE_BUF: i32 = 6;
    const CHOWN_RESTRICTED: i32 = 7;
    const NO_TRUNCATE: i32 = 8;
    const SYNC_IO: i32 = 10;
    let value = match name {
        NAME_MAX => LONGEST_NAME as u64,
        PATH_MAX => LONGEST_PATH as u64,
        PIPE_BUF => rump::pipe::ATOMIC as u64,
        CHOWN_RESTRICTED | NO_TRUNCATE | SYNC_IO => 1,
        other => vnode.operations().path_configuration(other)?,
    };
    Ok(value as i64)
}

pub(super) fn pathconf(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = PathconfArguments::from_slots(slots);
    Ok(path_configuration(&resolve(lwp, CURRENT_DIRECTORY, call.path, true)?, call.name)?.into())
}

pub(super) fn fpathconf(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = FpathconfArguments::from_slots(slots);
    Ok(path_configuration(&open_vnode(lwp, call.fd)?.1, call.name)?.into())
}
