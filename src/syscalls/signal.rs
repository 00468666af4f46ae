//! Signals: kill(2), sigprocmask(2), sigpending(2), sigsuspend(2), sigtimedwait(2).

use crate::abi::system_call::table::{
    KillArguments, Sigpending14Arguments, Sigprocmask14Arguments, SigqueueinfoArguments,
    Sigsuspend14Arguments, Sigtimedwait50Arguments,
};
use crate::errno::{Errno, Result};
use crate::process::Process;
use crate::sched::Lwp;
use crate::signal::{self, Information, SignalSet};
use crate::syscall::{DONE, ReturnValue};
use crate::time::Timespec;
use crate::trace;
use crate::user_memory::UserAddress;

const BLOCK: i32 = 1;
const UNBLOCK: i32 = 2;
const SET_MASK: i32 = 3;

/// Whether `sender` may signal `receiver` (`KAUTH_PROCESS_SIGNAL`).
///
/// # Errors
/// `EPERM`.
pub fn check_permission(sender: &Process, receiver: &Process) -> Result<()> {
    let (from, to) = (sender.credentials(), receiver.credentials());
    let same = |user| user == to.real_user || user == to.saved_user;
    if from.is_superuser() || same(from.real_user) || same(from.effective_user) {
        Ok(())
    } else {
        Err(Errno::EPERM)
    }
}

fn send(lwp: &Lwp, target: i32, signal: i32, information: Information) -> Result<ReturnValue> {
    if !(0..signal::COUNT).contains(&signal) {
        return Err(Errno::EINVAL);
    }
    let sender = &lwp.process;
    let may_signal = |process: &Process| check_permission(sender, process);
    let group = match target {
        1.. => {
            let process = sender.kernel.processes.find(target)?;
            may_signal(&process)?;
            if signal != 0 {
                signal::send(&process, signal, information);
            }
            return Ok(DONE);
        }
        0 => sender.group(),
        -1 => return broadcast(sender, signal, information),
        _ => target.checked_neg().ok_or(Errno::ESRCH)?,
    };
    signal::send_to_group(&sender.kernel, group, signal, information, &may_signal).map(|()| DONE)
}

/// To every process but the kernel's, the first, and the sender.
fn broadcast(sender: &Process, signal: i32, information: Information) -> Result<ReturnValue> {
    let mut result = Err(Errno::ESRCH);
    for process in sender.kernel.processes.all()? {
        if process.id <= 1 || process.id == sender.id || check_permission(sender, &process).is_err() {
            continue;
        }
        if signal != 0 {
            signal::send(&process, signal, information);
        }
        result = Ok(DONE);
    }
    result
}

pub(super) fn kill(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = KillArguments::from_slots(slots);
    let information = Information::of_user(lwp.process.id, lwp.process.credentials().real_user);
    send(lwp, call.pid, call.signum, information)
}

pub(super) fn sigqueueinfo(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = SigqueueinfoArguments::from_slots(slots);
    let space = lwp.process.space;
    let [signal, code] = space.read::<[i32; 2]>(call.info)?;
    let value = space.read(call.info.offset(24)?)?;
    // What the kernel says of itself, a program cannot.
    if code > 0 {
        return Err(Errno::EPERM);
    }
    let user = lwp.process.credentials().real_user;
    send(lwp, call.pid, signal, Information { code, process: lwp.process.id, user, value })
}

fn read_set(lwp: &Lwp, from: UserAddress) -> Result<SignalSet> {
    lwp.process.space.read(from).map(SignalSet::from_words)
}

pub(super) fn sigprocmask(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Sigprocmask14Arguments::from_slots(slots);
    let former = lwp.signal_mask.get();
    if !call.set.is_null() {
        let set = read_set(lwp, call.set)?;
        lwp.signal_mask.replace(match call.how {
            BLOCK => former.union(set),
            UNBLOCK => former.difference(set),
            SET_MASK => set,
            _ => return Err(Errno::EINVAL),
        });
    }
    if !call.oset.is_null() {
        lwp.process.space.write(former.words(), call.oset)?;
    }
    Ok(DONE)
}

pub(super) fn sigpending(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Sigpending14Arguments::from_slots(slots);
    lwp.process.space.write(lwp.process.signals.pending().words(), call.set)?;
    Ok(DONE)
}

pub(super) fn sigsuspend(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Sigsuspend14Arguments::from_slots(slots);
    let mask = read_set(lwp, call.set)?.difference(SignalSet::UNMASKABLE);
    let former = lwp.signal_mask.replace(mask);
    let result = lwp.process.signals.suspend(mask);
    lwp.signal_mask.replace(former);
    result.map(|()| DONE)
}

pub(super) fn sigtimedwait(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Sigtimedwait50Arguments::from_slots(slots);
    let space = lwp.process.space;
    let wanted = read_set(lwp, call.set)?;
    let timeout: Option<Timespec> =
        if call.timeout.is_null() { None } else { Some(space.read(call.timeout)?) };
    if timeout.is_some_and(|timeout| !timeout.is_valid_duration()) {
        return Err(Errno::EINVAL);
    }
    let (signal, information) = lwp.process.signals.take(wanted, timeout)?;
    trace::signal(lwp, signal);
    if !call.info.is_null() {
        write_information(lwp, signal, information, call.info)?;
    }
    Ok(signal.into())
}

/// Writes a `siginfo_t`.
fn write_information(lwp: &Lwp, signal: i32, information: Information, to: UserAddress) -> Result<()> {
    const SIZE: usize = 128;
    let space = lwp.process.space;
    space.zero_out(to, SIZE)?;
    space.write([signal, information.code], to)?;
    space.write([information.process.cast_unsigned(), information.user], to.offset(16)?)?;
    space.write(information.value, to.offset(24)?)
}
