//! Memory for C code, within the kernel's limit.

use crate::host::clock;
use crate::memory;
use crate::time::Timespec;
use core::ffi::{c_char, c_int, c_void};
use core::ptr::{NonNull, null_mut};

/// How long a caller sleeps who waits for memory, before it looks again.
const PAUSE: Timespec = Timespec::from_milliseconds(250);

/// `size` bytes of memory at a multiple of `alignment`, a power of two; 0 asks for none. With `wait`, a caller who finds memory
/// low sleeps until others have given some back, but never for what the limit could not hold at all. `what` says for what it waits.
///
/// Null: there is none, or the alignment is not one.
#[unsafe(no_mangle)]
pub extern "C" fn rump_hypermalloc(
    size: usize,
    alignment: c_int,
    wait: bool,
    _what: *const c_char,
) -> *mut c_void {
    let alignment = match usize::try_from(alignment) {
        Ok(0) => 1,
        Ok(alignment) if alignment.is_power_of_two() => alignment,
        _ => return null_mut(),
    };
    loop {
        if let Ok(memory) = memory::allocate_bytes(size, alignment) {
            return memory.as_ptr().cast();
        }
        let (_, limit) = memory::usage();
        if !wait || size > limit {
            return null_mut();
        }
        clock::sleep(PAUSE);
    }
}

/// Gives back what [`rump_hypermalloc`] gave, of that size. Null is nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_hyperfree(memory: *mut c_void, size: usize) {
    if let Some(memory) = NonNull::new(memory.cast()) {
        // SAFETY: the caller gives up what it got, and says its size.
        unsafe { memory::release_bytes(memory, size) }
    }
}
