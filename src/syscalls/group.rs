//! Process groups, sessions and login names.

use crate::abi::system_call::table::{
    GetloginArguments, GetpgidArguments, GetsidArguments, SetloginArguments, SetpgidArguments,
};
use crate::errno::{Errno, Result};
use crate::process::{LOGIN_NAME, Process};
use crate::sched::Lwp;
use crate::syscall::{DONE, ReturnValue};
use alloc::sync::Arc;

fn find(lwp: &Lwp, process: i32) -> Result<Arc<Process>> {
    match process {
        0 => Ok(Arc::clone(&lwp.process)),
        _ => lwp.process.kernel.processes.find(process),
    }
}

pub(super) fn getpgrp(lwp: &Lwp, _slots: &[u64]) -> Result<ReturnValue> {
    Ok(lwp.process.group().into())
}

pub(super) fn getpgid(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = GetpgidArguments::from_slots(slots);
    Ok(find(lwp, call.pid)?.group().into())
}

pub(super) fn getsid(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = GetsidArguments::from_slots(slots);
    Ok(find(lwp, call.pid)?.session().id.into())
}

pub(super) fn setpgid(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = SetpgidArguments::from_slots(slots);
    lwp.process.kernel.processes.set_group(&lwp.process, call.pid, call.pgid).map(|()| DONE)
}

pub(super) fn setsid(lwp: &Lwp, _slots: &[u64]) -> Result<ReturnValue> {
    Ok(lwp.process.kernel.processes.start_session(&lwp.process)?.into())
}

pub(super) fn getlogin(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = GetloginArguments::from_slots(slots);
    let login = *lwp.process.session().login.lock();
    let length = call.namelen.min(LOGIN_NAME);
    lwp.process.space.copy_out(&login[..length], call.namebuf)?;
    Ok(DONE)
}

pub(super) fn setlogin(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = SetloginArguments::from_slots(slots);
    if !lwp.process.credentials().is_superuser() {
        return Err(Errno::EPERM);
    }
    // A name that is too long is a bad argument, says setlogin(2).
    let name = match lwp.process.space.copy_in_string(call.namebuf, LOGIN_NAME) {
        Err(Errno::ENAMETOOLONG) => return Err(Errno::EINVAL),
        other => other?,
    };
    let mut login = [0; LOGIN_NAME];
    login[..name.len()].copy_from_slice(&name);
    *lwp.process.session().login.lock() = login;
    Ok(DONE)
}
