//! getrlimit(2), setrlimit(2), getrusage(2).

use crate::abi::system_call::table::{GetrlimitArguments, Getrusage50Arguments, SetrlimitArguments};
use crate::errno::{Errno, Result};
use crate::process::Limit;
use crate::sched::Lwp;
use crate::syscall::{DONE, ReturnValue};
use core::sync::atomic::Ordering;

/// Nanoseconds.
const MICROSECOND: i64 = 1000;

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

/// Counts what the kernel counts: signals, waits, transfers of blocks, and processor time from the first time on that anybody asks. Memory of
/// processes is not measured and zero. Children are those that have ended: nobody waits for them.
pub(super) fn getrusage(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    const OWN: i32 = 0;
    const CHILDREN: i32 = -1;
    const SIZE: usize = 144;
    const SYSTEM_TIME: usize = 16;
    const BLOCK_READS: usize = 88;
    const BLOCK_WRITES: usize = 96;
    const SIGNALS: usize = 120;
    const WAITS: usize = 128;
    let call = Getrusage50Arguments::from_slots(slots);
    let process = &lwp.process;
    let usage = match call.who {
        OWN => &process.usage,
        CHILDREN => &process.children,
        _ => return Err(Errno::EINVAL),
    };
    // Where the host has no thread that measures time, the other counts are right all the same.
    let _ = process.kernel.statistics.start(&process.kernel);
    let time = usage.processor_time();
    let mut bytes = [0; SIZE];
    for (at, value) in [
        (SYSTEM_TIME, time.seconds.cast_unsigned()),
        (SYSTEM_TIME + 8, (time.nanoseconds / MICROSECOND).cast_unsigned()),
        (BLOCK_READS, usage.block_reads.load(Ordering::Relaxed)),
        (BLOCK_WRITES, usage.block_writes.load(Ordering::Relaxed)),
        (SIGNALS, usage.signals.load(Ordering::Relaxed)),
        (WAITS, usage.waits.load(Ordering::Relaxed)),
    ] {
        bytes[at..at + 8].copy_from_slice(&value.to_ne_bytes());
    }
    lwp.process.space.copy_out(&bytes, call.rusage)?;
    Ok(DONE)
}
