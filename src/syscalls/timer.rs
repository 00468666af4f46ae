//! timer_create(2) and its kin, setitimer(2), getitimer(2).

use crate::abi::system_call::table::{
    Getitimer50Arguments, Setitimer50Arguments, TimerCreateArguments, TimerDeleteArguments,
    TimerGetoverrunArguments, TimerGettime50Arguments, TimerSettime50Arguments,
};
use crate::errno::{Errno, Result};
use crate::sched::Lwp;
use crate::signal;
use crate::signal::Notification;
use crate::syscall::{DONE, ReturnValue};
use crate::time::Timespec;
use crate::timer::{Setting, Timer, TimerClock};
use crate::timeval::{Timeval, TimevalLayout};
use crate::user_memory::UserAddress;

const MOST_OVERRUNS: u32 = 32;
const ABSOLUTE: i32 = 1;

/// The clock of that number; interval timers have the same numbers.
///
/// # Errors
/// `EINVAL` for no clock; for those of processor time what [`StatisticsClock::start`](crate::sched::StatisticsClock) says.
fn clock_of(lwp: &Lwp, number: i32) -> Result<TimerClock> {
    let clock = match number {
        0 => TimerClock::RealTime,
        1 => TimerClock::Virtual,
        2 => TimerClock::Profiling,
        3 => TimerClock::Monotonic,
        _ => return Err(Errno::EINVAL),
    };
    if clock.counts_processor_time() {
        lwp.process.kernel.statistics.start(&lwp.process.kernel)?;
    }
    Ok(clock)
}

/// The signal that a timer sends where nothing else is said.
fn usual_signal(clock: TimerClock) -> i32 {
    match clock {
        TimerClock::RealTime | TimerClock::Monotonic => signal::ALARM,
        TimerClock::Virtual => signal::VIRTUAL_ALARM,
        TimerClock::Profiling => signal::PROFILE,
    }
}

pub(super) fn timer_create(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = TimerCreateArguments::from_slots(slots);
    let clock = clock_of(lwp, call.clock_id)?;
    let given =
        if call.evp.is_null() { None } else { Some(Notification::read(lwp.process.space, call.evp)?) };
    let timers = &lwp.process.timers;
    let number = timers.insert(|number| {
        let signal = Some(usual_signal(clock));
        let usual = Notification { signal, value: u64::from(number.cast_unsigned()) };
        Timer::new(&lwp.process, clock, given.unwrap_or(usual))
    })?;
    if let Err(error) = lwp.process.space.write(number, call.timerid) {
        timers.remove(number)?;
        return Err(error);
    }
    Ok(DONE)
}

pub(super) fn timer_delete(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = TimerDeleteArguments::from_slots(slots);
    lwp.process.timers.remove(call.timerid).map(|()| DONE)
}

fn read_setting(lwp: &Lwp, from: UserAddress) -> Result<Setting> {
    let interval: Timespec = lwp.process.space.read(from)?;
    let value: Timespec = lwp.process.space.read(from.offset(16)?)?;
    if !interval.is_valid_duration() || !value.is_valid_duration() {
        return Err(Errno::EINVAL);
    }
    Ok(Setting { interval, value })
}

fn write_setting(lwp: &Lwp, setting: Setting, to: UserAddress) -> Result<()> {
    lwp.process.space.write(setting.interval, to)?;
    lwp.process.space.write(setting.value, to.offset(16)?)
}

pub(super) fn timer_settime(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = TimerSettime50Arguments::from_slots(slots);
    let new = read_setting(lwp, call.value)?;
    let former = lwp.process.timers.get(call.timerid)?.set(new, call.flags & ABSOLUTE != 0)?;
    if !call.ovalue.is_null() {
        write_setting(lwp, former, call.ovalue)?;
    }
    Ok(DONE)
}

pub(super) fn timer_gettime(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = TimerGettime50Arguments::from_slots(slots);
    write_setting(lwp, lwp.process.timers.get(call.timerid)?.get(), call.value)?;
    Ok(DONE)
}

pub(super) fn timer_getoverrun(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = TimerGetoverrunArguments::from_slots(slots);
    let overruns = lwp.process.timers.get(call.timerid)?.overruns();
    Ok(i64::from(overruns.min(MOST_OVERRUNS)).into())
}

/// Reads a `struct timeval` that is a duration.
///
/// # Errors
/// `EFAULT`; `EINVAL` when it is none.
fn read_duration(lwp: &Lwp, from: UserAddress) -> Result<Timespec> {
    let time = Timeval::read(lwp.process.space, from, TimevalLayout::Now)?.time()?;
    if time.is_valid_duration() { Ok(time) } else { Err(Errno::EINVAL) }
}

fn write_interval(lwp: &Lwp, setting: Setting, to: UserAddress) -> Result<()> {
    let space = lwp.process.space;
    Timeval::write(setting.interval, space, to)?;
    Timeval::write(setting.value, space, to.offset(Timeval::SIZE)?)
}

pub(super) fn setitimer(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Setitimer50Arguments::from_slots(slots);
    let clock = clock_of(lwp, call.which)?;
    let new = if call.itv.is_null() {
        None
    } else {
        let interval = read_duration(lwp, call.itv)?;
        Some(Setting { interval, value: read_duration(lwp, call.itv.offset(Timeval::SIZE)?)? })
    };
    let signal = Some(usual_signal(clock));
    let usual = Notification { signal, value: u64::from(call.which.cast_unsigned()) };
    let timer = lwp.process.timers.interval(call.which, || Timer::new(&lwp.process, clock, usual))?;
    if !call.oitv.is_null() {
        write_interval(lwp, timer.get(), call.oitv)?;
    }
    if let Some(new) = new {
        timer.set(new, false)?;
    }
    Ok(DONE)
}

pub(super) fn getitimer(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = Getitimer50Arguments::from_slots(slots);
    clock_of(lwp, call.which)?;
    // One that was never set is not there.
    let setting = lwp.process.timers.get(call.which).map(|timer| timer.get()).unwrap_or_default();
    write_interval(lwp, setting, call.itv)?;
    Ok(DONE)
}
