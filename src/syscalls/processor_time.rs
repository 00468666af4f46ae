//! Clocks of processor time: clock_getcpuclockid2(2), and clock_gettime(2) for them.

use crate::abi::system_call::table::ClockGetcpuclockid2Arguments;
use crate::errno::{Errno, Result};
use crate::process::Process;
use crate::sched::Lwp;
use crate::syscall::{DONE, ReturnValue};
use crate::time::Timespec;
use alloc::sync::Arc;

/// `CLOCK_VIRTUAL`: user time of the caller's process.
const VIRTUAL: i32 = 1;
/// `CLOCK_PROF`: all processor time of the caller's process.
const PROFILING: i32 = 2;
/// `CLOCK_PROCESS_CPUTIME_ID`, with a process's number in the lower bits; 0 is the caller's.
const OF_PROCESS: i32 = 0x4000_0000;
/// `CLOCK_THREAD_CPUTIME_ID`, with the number of an lwp of the caller's process in the lower bits; 0 is the caller.
const OF_LWP: i32 = i32::MIN;
const NUMBER: i32 = !(OF_PROCESS | OF_LWP);

/// The time of a clock of processor time; `None` for a clock that is none.
///
/// # Errors
/// `ESRCH` when the process or lwp is not there; `EPERM` for a process of somebody else; `EAGAIN` when the host has no thread
/// that measures.
pub(super) fn of_clock(lwp: &Lwp, clock: i32) -> Result<Option<Timespec>> {
    let is_one = matches!(clock, VIRTUAL | PROFILING) || clock & (OF_PROCESS | OF_LWP) != 0;
    if !is_one {
        return Ok(None);
    }
    let own = &lwp.process;
    let time = if clock & OF_PROCESS != 0 {
        process(own, clock & NUMBER)?.usage.processor_time()
    } else if clock & OF_LWP != 0 {
        of_lwp(lwp, clock & NUMBER)?
    } else if clock == PROFILING {
        own.usage.processor_time()
    } else {
        // A process spends no user time inside this kernel.
        Timespec::ZERO
    };
    own.kernel.statistics.start(&own.kernel)?;
    Ok(Some(time))
}

fn process(own: &Arc<Process>, number: i32) -> Result<Arc<Process>> {
    if number == 0 || number == own.id {
        return Ok(Arc::clone(own));
    }
    let other = own.kernel.processes.find(number)?;
    let (caller, owner) = (own.credentials(), other.credentials());
    let may = caller.is_superuser() || caller.effective_user == owner.real_user;
    if may { Ok(other) } else { Err(Errno::EPERM) }
}

fn of_lwp(lwp: &Lwp, number: i32) -> Result<Timespec> {
    if number == 0 || number == lwp.id {
        return Ok(lwp.processor_time());
    }
    lwp.process.lwp(number).map(|other| other.processor_time()).ok_or(Errno::ESRCH)
}

/// The clock's number is not looked at: who reads the clock learns whether it is there.
pub(super) fn clock_getcpuclockid2(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    const PROCESS: i32 = 1;
    const LWP: i32 = 2;
    let call = ClockGetcpuclockid2Arguments::from_slots(slots);
    let (base, own) = match call.idtype {
        PROCESS => (OF_PROCESS, lwp.process.id),
        LWP => (OF_LWP, lwp.id),
        _ => return Err(Errno::EINVAL),
    };
    let number = if call.id == 0 { own } else { call.id.cast_signed() };
    lwp.process.space.write(base | number, call.clock_id)?;
    Ok(DONE)
}
