//! The host's clocks.

use super::raw;
use crate::sched;
use crate::time::Timespec;
use core::ffi::c_int;

const RELATIVE_WALL: c_int = 0;
const ABSOLUTE_MONOTONIC: c_int = 1;

fn get(clock: c_int) -> Timespec {
    let (mut seconds, mut nanoseconds) = (0, 0);
    // SAFETY: both places are valid; a clock that the host lacks leaves zeroes, which is its answer.
    unsafe { raw::rumpuser_clock_gettime(clock, &mut seconds, &mut nanoseconds) };
    Timespec { seconds, nanoseconds }
}

/// Wall-clock time since 1970-01-01 UTC.
pub fn wall() -> Timespec {
    get(RELATIVE_WALL)
}

/// Time since some fixed moment, never going back.
pub fn monotonic() -> Timespec {
    get(ABSOLUTE_MONOTONIC)
}

/// Sleeps for `duration`, without a virtual CPU.
pub fn sleep(duration: Timespec) {
    sched::blocking(|| {
        // SAFETY: takes numbers; an early return on a host signal is as good as a short sleep.
        unsafe { raw::rumpuser_clock_sleep(RELATIVE_WALL, duration.seconds, duration.nanoseconds) };
    });
}
