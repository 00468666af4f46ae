//! UNSAFE. The program's clocks and its sleep.

use crate::host;
use core::ffi::{c_int, c_uint, c_void};
use core::{mem, ptr};
use simulator_world::{BEGINNING, Event, Moment, current, nanoseconds_of, sleep_for, try_current};

const SECOND: Moment = 1_000_000_000;
/// Reading the clock takes up to this many nanoseconds, so that a program which waits for a time by reading gets there.
const SLOWEST_READ: Moment = 200_000;

type ClockGetTime = unsafe extern "C" fn(libc::clockid_t, *mut libc::timespec) -> c_int;

/// The time since the beginning of the world.
fn read_clock() -> Moment {
    let (shared, me) = current();
    let mut state = shared.scheduler.enter(me, Event::Clock, 0);
    state.spend(SLOWEST_READ);
    let now = state.now;
    shared.scheduler.leave(state, me);
    now
}

fn timespec_of(moment: Moment, base: i64) -> libc::timespec {
    libc::timespec { tv_sec: base + (moment / SECOND) as i64, tv_nsec: (moment % SECOND) as i64 }
}

/// clock_gettime(2): the world's time on clocks of the day and on monotonic ones; CPU time is the host's.
///
/// # Safety
/// As clock_gettime(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clock_gettime(clock: libc::clockid_t, time: *mut libc::timespec) -> c_int {
    let base = match clock {
        libc::CLOCK_REALTIME | libc::CLOCK_REALTIME_COARSE => BEGINNING,
        libc::CLOCK_MONOTONIC
        | libc::CLOCK_MONOTONIC_RAW
        | libc::CLOCK_MONOTONIC_COARSE
        | libc::CLOCK_BOOTTIME => 0,
        _ => -1,
    };
    if base < 0 || try_current().is_none() {
        // SAFETY: the C library's function of that name, with its caller's arguments.
        return unsafe {
            mem::transmute::<*mut c_void, ClockGetTime>(host::CLOCK_GETTIME.address())(clock, time)
        };
    }
    // SAFETY: the caller's contract.
    unsafe { *time = timespec_of(read_clock(), base) };
    0
}

/// gettimeofday(2).
///
/// # Safety
/// As gettimeofday(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gettimeofday(time: *mut libc::timeval, _zone: *mut c_void) -> c_int {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: a place for the time; the caller's contract.
    unsafe {
        let status = clock_gettime(libc::CLOCK_REALTIME, &raw mut now);
        *time = libc::timeval { tv_sec: now.tv_sec, tv_usec: now.tv_nsec / 1000 };
        status
    }
}

/// time(2).
///
/// # Safety
/// As time(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn time(seconds: *mut libc::time_t) -> libc::time_t {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: a place for the time; the caller's contract.
    unsafe {
        clock_gettime(libc::CLOCK_REALTIME, &raw mut now);
        if !seconds.is_null() {
            *seconds = now.tv_sec;
        }
    }
    now.tv_sec
}

/// nanosleep(2), which no signal shortens. Errors: EINVAL if the nanoseconds are no part of a second.
///
/// # Safety
/// As nanosleep(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nanosleep(duration: *const libc::timespec, left: *mut libc::timespec) -> c_int {
    type NanoSleep = unsafe extern "C" fn(*const libc::timespec, *mut libc::timespec) -> c_int;
    if try_current().is_none() {
        // SAFETY: the C library's function of that name, with its caller's arguments.
        return unsafe {
            mem::transmute::<*mut c_void, NanoSleep>(host::NANOSLEEP.address())(duration, left)
        };
    }
    // SAFETY: the caller's contract.
    let libc::timespec { tv_sec: seconds, tv_nsec: nanoseconds } = unsafe { *duration };
    if seconds < 0 || !(0..SECOND.cast_signed()).contains(&nanoseconds) {
        // SAFETY: the place of the calling thread's own errno.
        unsafe { *libc::__errno_location() = libc::EINVAL };
        return -1;
    }
    sleep_for(Event::Sleep, nanoseconds_of(seconds, nanoseconds));
    0
}

/// usleep(3).
#[unsafe(no_mangle)]
pub extern "C" fn usleep(microseconds: c_uint) -> c_int {
    let duration = libc::timespec {
        tv_sec: i64::from(microseconds / 1_000_000),
        tv_nsec: i64::from(microseconds % 1_000_000) * 1000,
    };
    // SAFETY: a time of ours.
    unsafe { nanosleep(&raw const duration, ptr::null_mut()) }
}

/// sleep(3).
#[unsafe(no_mangle)]
pub extern "C" fn sleep(seconds: c_uint) -> c_uint {
    let duration = libc::timespec { tv_sec: i64::from(seconds), tv_nsec: 0 };
    // SAFETY: a time of ours.
    if unsafe { nanosleep(&raw const duration, ptr::null_mut()) } == 0 { 0 } else { seconds }
}
