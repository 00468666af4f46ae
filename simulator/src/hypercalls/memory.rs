//! Memory, from the process.

use crate::errno::{EINVAL, ENOMEM};
use core::ffi::{c_int, c_void};
use core::ptr::null_mut;
use simulator_world::map_aligned;

const PAGE: usize = 4096;

/// # Safety
/// `memory` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_malloc(length: usize, alignment: c_int, memory: *mut *mut c_void) -> c_int {
    let alignment = usize::try_from(alignment).unwrap_or(0).max(size_of::<usize>());
    // SAFETY: the caller's contract.
    if unsafe { libc::posix_memalign(memory, alignment, length) } == 0 { 0 } else { ENOMEM }
}

/// # Safety
/// `memory` comes from [`rumpuser_malloc`] and is not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_free(memory: *mut c_void, _length: usize) {
    // SAFETY: the caller's contract.
    unsafe { libc::free(memory) }
}

/// # Safety
/// `memory` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_anonmmap(
    _preferred: *mut c_void,
    length: usize,
    alignment_bits: c_int,
    executable: c_int,
    memory: *mut *mut c_void,
) -> c_int {
    let Ok(bits) = u32::try_from(alignment_bits) else { return EINVAL };
    let Some(alignment) = 1usize.checked_shl(bits) else { return EINVAL };
    let protection = libc::PROT_READ | libc::PROT_WRITE | if executable == 0 { 0 } else { libc::PROT_EXEC };
    let mapped = map_aligned(length.next_multiple_of(PAGE), alignment.max(PAGE), protection);
    // SAFETY: the caller's contract.
    unsafe { *memory = mapped.unwrap_or(null_mut()) };
    if mapped.is_some() { 0 } else { ENOMEM }
}

/// # Safety
/// `memory` comes from [`rumpuser_anonmmap`] with this length and is not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_unmap(memory: *mut c_void, length: usize) {
    // SAFETY: the caller's contract.
    unsafe { libc::munmap(memory, length.next_multiple_of(PAGE)) };
}
