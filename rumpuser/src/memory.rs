//! Memory from the host.

use core::ffi::{c_int, c_void};
use core::ptr;

use crate::errno_translation::{HostErrno, hypercall_result};

/// What malloc(3) guarantees on a 64-bit host.
const MALLOC_ALIGNMENT: usize = 16;

/// Allocates `length` bytes, aligned as asked; 0 stands for the alignment of a pointer.
///
/// Errors: ENOMEM; EINVAL for an alignment that is no power of two.
///
/// # Safety
/// `memory` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_malloc(length: usize, alignment: c_int, memory: *mut *mut c_void) -> c_int {
    let alignment = match usize::try_from(alignment) {
        Ok(0) => size_of::<*mut c_void>(),
        Ok(alignment) if alignment.is_power_of_two() => alignment,
        _ => return hypercall_result(Err(HostErrno(libc::EINVAL))),
    };
    let mut allocated = ptr::null_mut();
    let error = if alignment <= MALLOC_ALIGNMENT {
        // SAFETY: any length is fine; one byte at least, so that the address is unique.
        allocated = unsafe { libc::malloc(length.max(1)) };
        if allocated.is_null() { libc::ENOMEM } else { 0 }
    } else {
        // SAFETY: the alignment is a power of two and a multiple of a pointer's size.
        unsafe { libc::posix_memalign(&raw mut allocated, alignment, length) }
    };
    // SAFETY: the caller's contract.
    unsafe { *memory = allocated };
    hypercall_result(if error == 0 { Ok(()) } else { Err(HostErrno(error)) })
}

/// Frees what [`rumpuser_malloc`] has given. The host knows the length itself.
///
/// # Safety
/// `memory` is null or comes from `rumpuser_malloc` and is not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_free(memory: *mut c_void, _length: usize) {
    // SAFETY: the caller's contract.
    unsafe { libc::free(memory) };
}

/// Maps zeroed pages, near `preferred` if it is not null, at a multiple of 2 to the power of
/// `alignment_bits` if that is not 0, executable if asked. A power of two is aligned to itself all the same, up to the size of
/// a huge page: the kernel asks for no alignment, since not every host can give it.
///
/// Errors: those of mmap(2); EINVAL for an alignment that no address has.
///
/// # Safety
/// `memory` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_anonmmap(
    preferred: *mut c_void,
    length: usize,
    alignment_bits: c_int,
    executable: c_int,
    memory: *mut *mut c_void,
) -> c_int {
    let mut protection = libc::PROT_READ | libc::PROT_WRITE;
    if executable != 0 {
        protection |= libc::PROT_EXEC;
    }
    let alignment = match u32::try_from(alignment_bits) {
        Ok(0) if length.is_power_of_two() => length.min(HUGE_PAGE),
        Ok(bits) if bits < usize::BITS - 1 => 1_usize << bits,
        _ => return hypercall_result(Err(HostErrno(libc::EINVAL))),
    };
    let result = map_aligned(preferred, length, alignment, protection).map(|mapped| {
        if length >= HUGE_PAGE && alignment >= HUGE_PAGE {
            // SAFETY: a hint on the mapping that was just made; a host without huge pages refuses it, which is as well.
            unsafe { libc::madvise(mapped, length, libc::MADV_HUGEPAGE) };
        }
        // SAFETY: the caller's contract.
        unsafe { *memory = mapped };
    });
    hypercall_result(result)
}

/// Removes a mapping, or a part of one, of [`rumpuser_anonmmap`].
///
/// # Safety
/// Nothing uses the pages any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_unmap(memory: *mut c_void, length: usize) {
    // SAFETY: the caller's contract.
    unsafe { libc::munmap(memory, length) };
}

/// What asks for as much, so aligned, fills it: huge pages save its page faults.
const HUGE_PAGE: usize = 2 << 20;

fn map(preferred: *mut c_void, length: usize, protection: c_int) -> Result<*mut c_void, HostErrno> {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: a new private mapping; without MAP_FIXED it replaces nothing.
    let mapped = unsafe { libc::mmap(preferred, length, protection, flags, -1, 0) };
    if mapped == libc::MAP_FAILED { Err(HostErrno::last()) } else { Ok(mapped) }
}

/// Linux aligns to pages only: tries as it is, then maps more and gives the ends back.
fn map_aligned(
    preferred: *mut c_void,
    length: usize,
    alignment: usize,
    protection: c_int,
) -> Result<*mut c_void, HostErrno> {
    let mapped = map(preferred, length, protection)?;
    if mapped.addr().is_multiple_of(alignment) {
        return Ok(mapped);
    }
    // SAFETY: just mapped, and nobody knows of it.
    unsafe { libc::munmap(mapped, length) };
    // SAFETY: asks the C library for a constant.
    let page = usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(4096);
    let rounded = length.checked_next_multiple_of(page).ok_or(HostErrno(libc::ENOMEM))?;
    let total = rounded.checked_add(alignment).ok_or(HostErrno(libc::ENOMEM))?;
    let mapped = map(preferred, total, protection)?;
    let before = mapped.addr().next_multiple_of(alignment) - mapped.addr();
    let after = alignment - before;
    // SAFETY: both ends lie in the mapping just made, outside of the part that is handed out.
    unsafe {
        if before > 0 {
            libc::munmap(mapped, before);
        }
        if after > 0 {
            libc::munmap(mapped.byte_add(before + rounded), after);
        }
        Ok(mapped.byte_add(before))
    }
}
