//! The system call entry points of `rump_syscalls.h`, generated from the table.

use crate::errno::{Errno, Result};
use crate::host;
use crate::sched;
use crate::syscall::{self, ReturnValue};
use core::ffi::{c_int, c_long, c_void};

/// Numbers, argument structures and rows of `syscalls.master`.
#[allow(clippy::all)]
pub mod table {
    include!(concat!(env!("OUT_DIR"), "/system_calls.rs"));
}

use table::number;

#[inline]
fn run(number: usize, slots: &[u64]) -> Result<ReturnValue> {
    let entry = sched::enter_system_call().ok_or(Errno::ENXIO)?;
    syscall::dispatch(entry.lwp(), number, slots)
}

#[inline]
fn enter(number: usize, slots: &[u64]) -> i64 {
    enter_two(number, slots).0
}

#[inline]
fn enter_two(number: usize, slots: &[u64]) -> (i64, i64) {
    match run(number, slots) {
        Ok(ReturnValue(first, second)) => (first, second),
        Err(error) => {
            host::set_errno(error);
            (-1, 0)
        }
    }
}

#[inline]
fn enter_no_errno(number: usize, slots: &[u64]) -> i64 {
    run(number, slots).map_or_else(|error| i64::from(error.number()), |value| value.0)
}

#[allow(clippy::all, clippy::pedantic)]
mod stubs {
    use super::{enter, enter_no_errno, enter_two, number};
    include!(concat!(env!("OUT_DIR"), "/stubs.rs"));
}

/// Slots that `rump_syscall` takes at most.
const MOST_SLOTS: usize = 16;

/// The call by its number, for programs that pack the arguments themselves. Returns an errno; the values go to `results`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_syscall(
    number: c_int,
    arguments: *const c_void,
    length: usize,
    results: *mut c_long,
) -> c_int {
    let count = (length / 8).min(MOST_SLOTS);
    let mut slots = [0u64; MOST_SLOTS];
    if !arguments.is_null() {
        // SAFETY: the caller passes `length` readable bytes.
        unsafe { core::ptr::copy_nonoverlapping(arguments.cast(), slots.as_mut_ptr(), count) };
    }
    let number = usize::try_from(number).unwrap_or(usize::MAX);
    // SAFETY: the caller passes null or room for two values.
    unsafe { give_results(run(number, &slots[..count]), results) }
}

/// What a call gives a C caller that asks for an errno: the values of one that succeeded go to `results`.
///
/// # Safety
/// `results` is null or has room for two values.
pub(super) unsafe fn give_results(result: Result<ReturnValue>, results: *mut c_long) -> c_int {
    match result {
        Ok(ReturnValue(first, second)) => {
            if !results.is_null() {
                // SAFETY: the caller's promise.
                unsafe {
                    results.write(first);
                    results.add(1).write(second);
                }
            }
            0
        }
        Err(error) => error.number(),
    }
}
