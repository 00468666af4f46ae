//! The system call behind sysctl(3).

use crate::abi::system_call::table::SysctlArguments;
use crate::errno::{Errno, Result};
use crate::sched::Lwp;
use crate::syscall::{DONE, ReturnValue};
use crate::sysctl::{LONGEST_NAME, Transfer, dispatch};

/// # Errors
/// `EINVAL` for a name of a bad length; `ENOMEM` when there is not enough room for the old value, of which as much as fits has
/// been given; as [`dispatch`].
pub(super) fn sysctl(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = SysctlArguments::from_slots(slots);
    let space = lwp.process.space;
    let room: u64 = if call.oldlenp.is_null() { 0 } else { space.read(call.oldlenp)? };
    let room = usize::try_from(room).map_err(|_| Errno::EINVAL)?;
    let length = call.namelen as usize;
    if !(1..=LONGEST_NAME).contains(&length) {
        return Err(Errno::EINVAL);
    }
    let mut name = [0i32; LONGEST_NAME];
    for (index, number) in name.iter_mut().enumerate().take(length) {
        *number = space.read(call.name.offset(index * size_of::<i32>())?)?;
    }
    let new = (!call.newv.is_null()).then_some((call.newv, call.newlen));
    let mut transfer = Transfer { space, old: call.oldv, old_length: room, new };
    let name = name.get(..length).unwrap_or_default();
    let result = dispatch(&lwp.process.kernel.sysctl, lwp, name, &mut transfer);
    // The length is told whatever happened.
    let told =
        if call.oldlenp.is_null() { Ok(()) } else { space.write(transfer.old_length as u64, call.oldlenp) };
    result.and(told)?;
    if !call.oldv.is_null() && room < transfer.old_length {
        return Err(Errno::ENOMEM);
    }
    Ok(DONE)
}
