//! getrlimit(2), setrlimit(2), getrusage(2).

use crate::abi::system_call::table::{GetrlimitArguments, Getrusage50Arguments, SetrlimitArguments};
use crate::errno::{Errno, Result};
use crate::process::Limit;
use crate::sched::Lwp;
use crate::syscall::{DONE, ReturnValue};
use core::sync::atomic::Ordering;

pub(super) fn getrlimit(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = GetrlimitArguments::from_slots(slots);
    let limit = *lwp.process.limits.lock().by_number(call.which).ok_or(Errno::EINVAL)?;
    lwp.process.space.write([limit.current, limit.maximum], call.rlp)?;
    Ok(DONE)
}

pub(super) fn setrlimit(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = SetrlimitArguments::from_slots(slots);
    let [current, maximum] = lwp.process.space.read::<[u64; 2]>(call.rlp)?;
    let by_superuser = lwp.process.credentials().is_superuser();
    lwp.process.set_limit(call.which, Limit { current, maximum }, by_superuser)?;
    Ok(DONE)
}

/// Counts what the kernel counts; processor time and memory of processes are not measured and are zero, as is all of the
/// children, for which nobody waits.
pub(super) fn getrusage(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    const OWN: i32 = 0;
    const CHILDREN: i32 = -1;
    const SIZE: usize = 144;
    const SIGNALS: usize = 120;
    const WAITS: usize = 128;
    let call = Getrusage50Arguments::from_slots(slots);
    if !matches!(call.who, OWN | CHILDREN) {
        return Err(Errno::EINVAL);
    }
    let mut bytes = [0; SIZE];
    if call.who == OWN {
        let usage = &lwp.process.usage;
        bytes[SIGNALS..SIGNALS + 8].copy_from_slice(&usage.signals.load(Ordering::Relaxed).to_ne_bytes());
        bytes[WAITS..WAITS + 8].copy_from_slice(&usage.waits.load(Ordering::Relaxed).to_ne_bytes());
    }
    lwp.process.space.copy_out(&bytes, call.rusage)?;
    Ok(DONE)
}
