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

/// Maps `length` fresh zeroed bytes aligned to `alignment`, a power of two.
///
/// The hypercall can be asked to align, but NetBSD's host library cannot on Linux, and says so on stderr each time. So what is
/// not aligned by itself is cut from a larger mapping; its ends are never touched.
pub fn map_anonymous(length: usize, alignment: usize) -> Option<NonNull<u8>> {
    let memory = map(length)?;
    if memory.addr().get().is_multiple_of(alignment) {
        return Some(memory);
    }
    // SAFETY: just mapped, and nobody knows of it.
    unsafe { raw::rumpuser_unmap(memory.as_ptr().cast(), length) };
    let memory = map(length.checked_add(alignment)?)?;
    let before = memory.addr().get().next_multiple_of(alignment) - memory.addr().get();
    // SAFETY: the mapping is longer than the part by the alignment.
    Some(unsafe { memory.add(before) })
}

fn map(length: usize) -> Option<NonNull<u8>> {
    let mut memory = null_mut();
    // SAFETY: `memory` is a valid place for the answer.
    let code = unsafe { raw::rumpuser_anonmmap(null_mut(), length, 0, 0, &mut memory) };
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
