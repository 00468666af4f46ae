//! getrlimit(2) and setrlimit(2).

use crate::abi::system_call::table::{GetrlimitArguments, SetrlimitArguments};
use crate::errno::{Errno, Result};
use crate::process::Limit;
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
    let by_superuser = lwp.process.credentials().is_superuser();
    lwp.process.set_limit(call.which, Limit { current, maximum }, by_superuser)?;
    Ok(DONE)
}
