//! Calls as they were up to NetBSD 5.0, which the original has under their old symbols.

use super::attributes::from_timevals;
use super::handle::vnode_of;
use super::open::make_node;
use super::status::status_of_vnode;
use super::{CURRENT_DIRECTORY, open_vnode, path_of, resolve};
use rump::abi::system_call::table::{
    Compat50Fhstat40Arguments, Compat50FutimesArguments, Compat50Lstat30Arguments, Compat50LutimesArguments,
    Compat50MknodArguments, Compat50Stat30Arguments, Compat50UtimesArguments,
};
use rump::errno::Result;
use rump::sched::Lwp;
use rump::syscall::{DONE, ReturnValue};
use rump::syscalls::write_status_30;
use rump::timeval::TimevalLayout;

pub(super) fn stat(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Compat50Stat30Arguments::from_slots(slots);
    let status = status_of_vnode(&resolve(lwp, CURRENT_DIRECTORY, call.path, true)?)?;
    write_status_30(lwp.process.space, &status, call.ub).map(|()| DONE)
}

pub(super) fn lstat(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Compat50Lstat30Arguments::from_slots(slots);
    let status = status_of_vnode(&resolve(lwp, CURRENT_DIRECTORY, call.path, false)?)?;
    write_status_30(lwp.process.space, &status, call.ub).map(|()| DONE)
}

pub(super) fn fhstat(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Compat50Fhstat40Arguments::from_slots(slots);
    let status = status_of_vnode(&vnode_of(lwp, call.fhp, call.fh_size)?)?;
    write_status_30(lwp.process.space, &status, call.sb).map(|()| DONE)
}

pub(super) fn mknod(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Compat50MknodArguments::from_slots(slots);
    make_node(lwp, CURRENT_DIRECTORY, path_of(lwp, call.path)?, call.mode, u64::from(call.dev))
}

pub(super) fn utimes(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Compat50UtimesArguments::from_slots(slots);
    let change = from_timevals(lwp, call.tptr, TimevalLayout::Old)?;
    super::attributes::apply(lwp, &resolve(lwp, CURRENT_DIRECTORY, call.path, true)?, change)
}

pub(super) fn lutimes(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Compat50LutimesArguments::from_slots(slots);
    let change = from_timevals(lwp, call.tptr, TimevalLayout::Old)?;
    super::attributes::apply(lwp, &resolve(lwp, CURRENT_DIRECTORY, call.path, false)?, change)
}

pub(super) fn futimes(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Compat50FutimesArguments::from_slots(slots);
    super::attributes::apply(
        lwp,
        &open_vnode(lwp, call.fd)?.1,
        from_timevals(lwp, call.tptr, TimevalLayout::Old)?,
    )
}
