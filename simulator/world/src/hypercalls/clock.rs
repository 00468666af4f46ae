//! The world's clock.

use crate::errno::EINVAL;
use crate::scheduler::{Event, Moment};
use crate::world::{current, sleep_for};
use core::ffi::{c_int, c_long};

const RELATIVE_WALL: c_int = 0;
const ABSOLUTE_MONOTONIC: c_int = 1;
const SECOND: Moment = 1_000_000_000;
/// Seconds of the wall clock when a world begins: 2020-09-13.
pub const BEGINNING: i64 = 1_600_000_000;

/// A span that is not negative, in nanoseconds.
pub fn nanoseconds_of(seconds: i64, nanoseconds: i64) -> Moment {
    let total = i128::from(seconds) * i128::from(SECOND) + i128::from(nanoseconds);
    Moment::try_from(total.max(0)).unwrap_or(Moment::MAX)
}

/// # Safety
/// `seconds` and `nanoseconds` are writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_clock_gettime(
    clock: c_int,
    seconds: *mut i64,
    nanoseconds: *mut c_long,
) -> c_int {
    let base = match clock {
        RELATIVE_WALL => BEGINNING,
        ABSOLUTE_MONOTONIC => 0,
        _ => return EINVAL,
    };
    let (shared, me) = current();
    let state = shared.scheduler.enter(me, Event::Clock, 0);
    let now = state.now;
    // SAFETY: the caller's contract.
    unsafe {
        *seconds = base + (now / SECOND) as i64;
        *nanoseconds = (now % SECOND) as c_long;
    }
    shared.scheduler.leave(state, me);
    0
}

#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_clock_sleep(clock: c_int, seconds: i64, nanoseconds: c_long) -> c_int {
    let asked = nanoseconds_of(seconds, nanoseconds);
    let span = match clock {
        RELATIVE_WALL => asked,
        ABSOLUTE_MONOTONIC => asked.saturating_sub(current().0.scheduler.lock().now),
        _ => return EINVAL,
    };
    sleep_for(Event::Sleep, span);
    0
}
