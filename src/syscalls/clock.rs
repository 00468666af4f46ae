//! Time: gettimeofday(2), clock_gettime(2), nanosleep(2).

use super::processor_time;
use crate::abi::system_call::table::{
    ClockGetres50Arguments, ClockGettime50Arguments, ClockNanosleepArguments, ClockSettime50Arguments,
    Gettimeofday50Arguments, Nanosleep50Arguments, Settimeofday50Arguments,
};
use crate::errno::{Errno, Result};
use crate::host::clock as host;
use crate::sched::{self, Lwp};
use crate::syscall::{DONE, ReturnValue};
use crate::time::{NANOSECONDS, Timespec};
use crate::timeval::{Timeval, TimevalLayout};
use crate::user_memory::UserAddress;

const REALTIME: i32 = 0;
const MONOTONIC: i32 = 3;
const ABSOLUTE: i32 = 1;
/// Seconds.
const YEAR: i64 = 365 * 24 * 60 * 60;

/// The time of a clock that goes on by itself.
fn time_of(lwp: &Lwp, clock: i32) -> Result<Timespec> {
    match clock {
        REALTIME => Ok(lwp.process.kernel.now()),
        MONOTONIC => Ok(host::monotonic()),
        _ => Err(Errno::EINVAL),
    }
}

fn set(lwp: &Lwp, time: Timespec) -> Result<ReturnValue> {
    if !lwp.process.credentials().is_superuser() {
        return Err(Errno::EPERM);
    }
    if !time.is_valid_duration() {
        return Err(Errno::EINVAL);
    }
    let kernel = &lwp.process.kernel;
    // Nor so far ahead that it would wrap soon.
    if time < kernel.now() || time.seconds > i64::MAX - YEAR {
        kernel.secure_level.allows_up_to(1)?;
    }
    kernel.time_of_day.set(time);
    Ok(DONE)
}

pub(super) fn gettimeofday(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Gettimeofday50Arguments::from_slots(slots);
    if !call.tp.is_null() {
        Timeval::write(lwp.process.kernel.now(), lwp.process.space, call.tp)?;
    }
    Ok(DONE)
}

pub(super) fn settimeofday(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Settimeofday50Arguments::from_slots(slots);
    if call.tv.is_null() {
        return Ok(DONE);
    }
    set(lwp, Timeval::read(lwp.process.space, call.tv, TimevalLayout::Now)?.time()?)
}

pub(super) fn clock_gettime(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = ClockGettime50Arguments::from_slots(slots);
    let time = match processor_time::of_clock(lwp, call.clock_id)? {
        Some(time) => time,
        None => time_of(lwp, call.clock_id)?,
    };
    lwp.process.space.write(time, call.tp)?;
    Ok(DONE)
}

pub(super) fn clock_settime(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = ClockSettime50Arguments::from_slots(slots);
    if call.clock_id != REALTIME {
        return Err(Errno::EINVAL);
    }
    set(lwp, lwp.process.space.read(call.tp)?)
}

pub(super) fn clock_getres(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = ClockGetres50Arguments::from_slots(slots);
    let nanoseconds = match processor_time::of_clock(lwp, call.clock_id)? {
        Some(_) => NANOSECONDS / i64::from(sched::TICKS_PER_SECOND),
        None => time_of(lwp, call.clock_id).map(|_| 1)?,
    };
    if !call.tp.is_null() {
        lwp.process.space.write(Timespec { seconds: 0, nanoseconds }, call.tp)?;
    }
    Ok(DONE)
}

/// Sleeps and says what is left of the time.
fn sleep(lwp: &Lwp, duration: Timespec, remaining: UserAddress) -> Result<ReturnValue> {
    if !duration.is_valid_duration() {
        return Err(Errno::EINVAL);
    }
    let begin = host::monotonic();
    let result = sched::sleep_interruptibly(duration);
    if !remaining.is_null() {
        let left = match result {
            Ok(()) => Timespec::ZERO,
            Err(_) => duration.since(host::monotonic().since(begin)),
        };
        lwp.process.space.write(left, remaining)?;
    }
    result.map(|()| DONE)
}

pub(super) fn nanosleep(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Nanosleep50Arguments::from_slots(slots);
    sleep(lwp, lwp.process.space.read(call.rqtp)?, call.rmtp)
}

pub(super) fn clock_nanosleep(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = ClockNanosleepArguments::from_slots(slots);
    let request: Timespec = lwp.process.space.read(call.rqtp)?;
    let now = time_of(lwp, call.clock_id)?;
    if call.flags & ABSOLUTE == 0 {
        return sleep(lwp, request, call.rmtp);
    }
    if !request.is_valid_duration() {
        return Err(Errno::EINVAL);
    }
    sleep(lwp, request.since(now), UserAddress::new(0))
}
