//! Random numbers, from the world's seed.

use crate::scheduler::Event;
use crate::world::current;
use core::ffi::{c_int, c_void};

/// # Safety
/// `buffer` is writable for `length` bytes, `filled` for a `size_t`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_getrandom(
    buffer: *mut c_void,
    length: usize,
    _flags: c_int,
    filled: *mut usize,
) -> c_int {
    let (shared, me) = current();
    let mut state = shared.scheduler.enter(me, Event::Other, length as u64);
    let bytes = state.random.bytes(length);
    // SAFETY: the caller's contract.
    unsafe {
        buffer.cast::<u8>().copy_from(bytes.as_ptr(), length);
        *filled = length;
    }
    0
}
