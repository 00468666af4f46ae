//! getrlimit(2) and setrlimit(2).

use crate::abi::system_call::table::{GetrlimitArguments, SetrlimitArguments};
use crate::errno::{Errno, Result};
use crate::sched::Lwp;
use crate::syscall::{DONE, ReturnValue};

pub(super) fn getrlimit(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = GetrlimitArguments::from_slots(slots);
    let limit = *lwp.process.limits.lock().by_number(call.which).ok_or(Errno::EINVAL)?;
    lwp.process.space.write([limit.current, limit.maximum], call.rlp)?;
    Ok(DONE)
}

pub(super) fn setrlimit(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = SetrlimitArguments::from_slots(slots);
    let [current, maximum] = lwp.process.space.read::<[u64; 2]>(call.rlp)?;
    let superuser = lwp.process.credentials().is_superuser();
    let mut limits = lwp.process.limits.lock();
    let limit = limits.by_number(call.which).ok_or(Errno::EINVAL)?;
    if current > maximum {
        return Err(Errno::EINVAL);
    }
    if maximum > limit.maximum && !superuser {
        return Err(Errno::EPERM);
    }
    (limit.current, limit.maximum) = (current, maximum);
    lwp.process.limits_changed(&limits);
    Ok(DONE)
}
