//! chmod(2), chown(2), chflags(2), utimes(2).

use super::{CURRENT_DIRECTORY, check_writable, follows, open_vnode, resolve};
use crate::access;
use crate::attributes::{AttributeChange, TimeChange};
use crate::vnode::VnodeRef;
use rump::abi::system_call::table::{
    ChflagsArguments, ChmodArguments, ChownArguments, FchflagsArguments, FchmodArguments, FchmodatArguments,
    FchownArguments, FchownatArguments, FutimensArguments, Futimes50Arguments, LchflagsArguments,
    LchmodArguments, LchownArguments, Lutimes50Arguments, UtimensatArguments, Utimes50Arguments,
};
use rump::errno::{Errno, Result};
use rump::sched::Lwp;
use rump::syscall::{DONE, ReturnValue};
use rump::time::{NANOSECONDS, Timespec};
use rump::timeval::{Timeval, TimevalLayout};
use rump::user_memory::UserAddress;

pub(super) fn apply(lwp: &Lwp, vnode: &VnodeRef, mut change: AttributeChange) -> Result<ReturnValue> {
    check_writable(vnode)?;
    let who = lwp.process.credentials();
    let now = vnode.operations().attributes()?;
    access::check_change(&now, &mut change, &who)?;
    if change.flags.is_some_and(|flags| access::frees_from_system(&now, flags)) {
        lwp.process.kernel.secure_level.allows_up_to(0)?;
    }
    if change != AttributeChange::default() {
        vnode.set_attributes(&change)?;
    }
    Ok(DONE)
}

fn permissions(mode: u32) -> AttributeChange {
    AttributeChange { permissions: Some(mode & 0o7777), ..AttributeChange::default() }
}

/// -1 leaves an identity as it is.
fn owner(user: u32, group: u32) -> AttributeChange {
    let wanted = |identity| (identity != u32::MAX).then_some(identity);
    AttributeChange { user: wanted(user), group: wanted(group), ..AttributeChange::default() }
}

fn flags(flags: u64) -> Result<AttributeChange> {
    let flags = u32::try_from(flags).map_err(|_| Errno::EINVAL)?;
    Ok(AttributeChange { flags: Some(flags), ..AttributeChange::default() })
}

pub(super) fn chmod(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = ChmodArguments::from_slots(slots);
    apply(lwp, &resolve(lwp, CURRENT_DIRECTORY, call.path, true)?, permissions(call.mode))
}

pub(super) fn lchmod(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = LchmodArguments::from_slots(slots);
    apply(lwp, &resolve(lwp, CURRENT_DIRECTORY, call.path, false)?, permissions(call.mode))
}

pub(super) fn fchmod(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = FchmodArguments::from_slots(slots);
    apply(lwp, &open_vnode(lwp, call.fd)?.1, permissions(call.mode))
}

pub(super) fn fchmodat(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = FchmodatArguments::from_slots(slots);
    apply(lwp, &resolve(lwp, call.fd, call.path, follows(call.flag)?)?, permissions(call.mode))
}

pub(super) fn chown(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = ChownArguments::from_slots(slots);
    apply(lwp, &resolve(lwp, CURRENT_DIRECTORY, call.path, true)?, owner(call.uid, call.gid))
}

pub(super) fn lchown(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = LchownArguments::from_slots(slots);
    apply(lwp, &resolve(lwp, CURRENT_DIRECTORY, call.path, false)?, owner(call.uid, call.gid))
}

pub(super) fn fchown(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = FchownArguments::from_slots(slots);
    apply(lwp, &open_vnode(lwp, call.fd)?.1, owner(call.uid, call.gid))
}

pub(super) fn fchownat(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = FchownatArguments::from_slots(slots);
    apply(lwp, &resolve(lwp, call.fd, call.path, follows(call.flag)?)?, owner(call.owner, call.group))
}

pub(super) fn chflags(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = ChflagsArguments::from_slots(slots);
    apply(lwp, &resolve(lwp, CURRENT_DIRECTORY, call.path, true)?, flags(call.flags)?)
}

pub(super) fn lchflags(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = LchflagsArguments::from_slots(slots);
    apply(lwp, &resolve(lwp, CURRENT_DIRECTORY, call.path, false)?, flags(call.flags)?)
}

pub(super) fn fchflags(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = FchflagsArguments::from_slots(slots);
    apply(lwp, &open_vnode(lwp, call.fd)?.1, flags(call.flags)?)
}

fn times(access: Option<TimeChange>, modification: Option<TimeChange>) -> AttributeChange {
    AttributeChange { access_time: access, modification_time: modification, ..AttributeChange::default() }
}

/// Access and modification time as two `struct timeval`; the null pointer is now.
///
/// # Errors
/// `EINVAL` for microseconds that are none; `EFAULT`.
pub(super) fn from_timevals(
    lwp: &Lwp,
    address: UserAddress,
    layout: TimevalLayout,
) -> Result<AttributeChange> {
    if address.is_null() {
        return Ok(times(Some(TimeChange::Now), Some(TimeChange::Now)));
    }
    let read = |index: usize| {
        let from = address.offset(index * Timeval::SIZE)?;
        Timeval::read(lwp.process.space, from, layout)?.time().map(TimeChange::To)
    };
    Ok(times(Some(read(0)?), Some(read(1)?)))
}

/// Two `struct timespec`, with `UTIME_NOW` and `UTIME_OMIT`; the null pointer is now.
fn from_timespecs(lwp: &Lwp, address: UserAddress) -> Result<AttributeChange> {
    const NOW: i64 = 0x3fff_ffff;
    const OMIT: i64 = 0x3fff_fffe;
    const TIMESPEC: usize = 16;
    if address.is_null() {
        return Ok(times(Some(TimeChange::Now), Some(TimeChange::Now)));
    }
    let read = |index: usize| {
        let time: Timespec = lwp.process.space.read(address.offset(index * TIMESPEC)?)?;
        match time.nanoseconds {
            NOW => Ok(Some(TimeChange::Now)),
            OMIT => Ok(None),
            nanoseconds if (0..NANOSECONDS).contains(&nanoseconds) => Ok(Some(TimeChange::To(time))),
            _ => Err(Errno::EINVAL),
        }
    };
    Ok(times(read(0)?, read(1)?))
}

pub(super) fn utimes(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Utimes50Arguments::from_slots(slots);
    let change = from_timevals(lwp, call.tptr, TimevalLayout::Now)?;
    apply(lwp, &resolve(lwp, CURRENT_DIRECTORY, call.path, true)?, change)
}

pub(super) fn lutimes(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Lutimes50Arguments::from_slots(slots);
    let change = from_timevals(lwp, call.tptr, TimevalLayout::Now)?;
    apply(lwp, &resolve(lwp, CURRENT_DIRECTORY, call.path, false)?, change)
}

pub(super) fn futimes(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Futimes50Arguments::from_slots(slots);
    apply(lwp, &open_vnode(lwp, call.fd)?.1, from_timevals(lwp, call.tptr, TimevalLayout::Now)?)
}

pub(super) fn futimens(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = FutimensArguments::from_slots(slots);
    apply(lwp, &open_vnode(lwp, call.fd)?.1, from_timespecs(lwp, call.tptr)?)
}

pub(super) fn utimensat(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = UtimensatArguments::from_slots(slots);
    let change = from_timespecs(lwp, call.tptr)?;
    apply(lwp, &resolve(lwp, call.fd, call.path, follows(call.flag)?)?, change)
}
