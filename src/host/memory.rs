//! Memory from the host (`rumpuser_malloc`, `rumpuser_anonmmap`).

use super::raw;
use core::ffi::c_int;
use core::ptr::{NonNull, null_mut};

/// Asks the host for `length` bytes aligned to `alignment` (a power of two). `None`: the host has no more.
pub fn allocate(length: usize, alignment: usize) -> Option<NonNull<u8>> {
    let mut memory = null_mut();
    let alignment = c_int::try_from(alignment).ok()?;
    // SAFETY: `memory` is a valid place for the answer.
    let code = unsafe { raw::rumpuser_malloc(length, alignment, &mut memory) };
    if code == 0 { NonNull::new(memory.cast()) } else { None }
}

/// Gives memory from [`allocate`] back.
///
/// # Safety
/// `memory` came from [`allocate`] with this `length`, and nothing uses it any more.
pub unsafe fn release(memory: NonNull<u8>, length: usize) {
    // SAFETY: the caller's promise.
    unsafe { raw::rumpuser_free(memory.as_ptr().cast(), length) }
}

/// Maps `length` fresh zeroed bytes aligned to `1 << alignment_bits`.
pub fn map_anonymous(length: usize, alignment_bits: u32) -> Option<NonNull<u8>> {
    let mut memory = null_mut();
    // SAFETY: `memory` is a valid place for the answer.
    let code = unsafe { raw::rumpuser_anonmmap(null_mut(), length, alignment_bits as c_int, 0, &mut memory) };
    if code == 0 { NonNull::new(memory.cast()) } else { None }
}

/// Gives pages of [`map_anonymous`] back.
///
/// # Safety
/// `memory` came from [`map_anonymous`] with this `length`, and nothing uses it any more.
pub unsafe fn unmap(memory: NonNull<u8>, length: usize) {
    // SAFETY: the caller's promise.
    unsafe { raw::rumpuser_unmap(memory.as_ptr().cast(), length) }
}
