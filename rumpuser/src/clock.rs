//! The host's clocks, and sleeping by them.

use core::ffi::{c_int, c_long};

use crate::errno_translation::{HostErrno, hypercall_result};
use crate::hypervisor::without_virtual_cpu;

/// Wall-clock time to read; a span from now to sleep.
pub const RUMPUSER_CLOCK_RELWALL: c_int = 0;
/// Monotonic time since an arbitrary start to read; a point of it to sleep until.
pub const RUMPUSER_CLOCK_ABSMONO: c_int = 1;

/// The monotonic clock.
pub(crate) fn monotonic_now() -> libc::timespec {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `now` is writable; this clock always exists on Linux.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut now) };
    now
}

/// Reads a clock: seconds, and nanoseconds within the second.
///
/// Errors: EINVAL if there is no such clock.
///
/// # Safety
/// `seconds` and `nanoseconds` are writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_clock_gettime(
    clock: c_int,
    seconds: *mut i64,
    nanoseconds: *mut c_long,
) -> c_int {
    let host_clock = match clock {
        RUMPUSER_CLOCK_RELWALL => libc::CLOCK_REALTIME,
        RUMPUSER_CLOCK_ABSMONO => libc::CLOCK_MONOTONIC,
        _ => return hypercall_result(Err(HostErrno(libc::EINVAL))),
    };
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `now` is writable.
    if unsafe { libc::clock_gettime(host_clock, &raw mut now) } != 0 {
        return hypercall_result(Err(HostErrno::last()));
    }
    // SAFETY: the caller's contract.
    unsafe {
        *seconds = now.tv_sec;
        *nanoseconds = now.tv_nsec;
    }
    0
}

/// Sleeps, without a virtual CPU, for a span ([`RUMPUSER_CLOCK_RELWALL`]) or until a point of the
/// monotonic clock ([`RUMPUSER_CLOCK_ABSMONO`]). Signals do not shorten it.
///
/// Errors: EINVAL if there is no such clock or the time is out of range.
#[unsafe(no_mangle)]
pub extern "C" fn rumpuser_clock_sleep(clock: c_int, seconds: i64, nanoseconds: c_long) -> c_int {
    let flags = match clock {
        RUMPUSER_CLOCK_RELWALL => 0,
        RUMPUSER_CLOCK_ABSMONO => libc::TIMER_ABSTIME,
        _ => return hypercall_result(Err(HostErrno(libc::EINVAL))),
    };
    let error = without_virtual_cpu(|| {
        let mut time = libc::timespec { tv_sec: seconds, tv_nsec: nanoseconds };
        loop {
            let request = time;
            // SAFETY: both point to valid times; a relative sleep stores what is left on EINTR.
            let error = unsafe {
                libc::clock_nanosleep(libc::CLOCK_MONOTONIC, flags, &raw const request, &raw mut time)
            };
            if error != libc::EINTR {
                return error;
            }
        }
    });
    hypercall_result(if error == 0 { Ok(()) } else { Err(HostErrno(error)) })
}
