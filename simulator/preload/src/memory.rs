//! UNSAFE. The memory of the simulated host: as much as setrlimit(2) leaves of the address space. The limit is not the process's,
//! which needs memory for the world itself.

use crate::host;
use core::ffi::{c_int, c_void};
use core::mem;
use std::fs;
use std::sync::atomic::{AtomicI64, Ordering};

const ENOMEM: c_int = 12;
const PAGE: u64 = 4096;

/// Bytes that the kernel may still have.
static LEFT: AtomicI64 = AtomicI64::new(i64::MAX);

fn take(length: usize) -> bool {
    let rest = |left: i64| left.checked_sub_unsigned(length as u64).filter(|&rest| rest >= 0);
    LEFT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, rest).is_ok()
}

fn give(length: usize) {
    let more = |left: i64| Some(left.saturating_add_unsigned(length as u64));
    // What was taken before there was a limit may come back, too.
    let _ = LEFT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
}

/// Bytes of address space that the process has, as proc(5) tells.
fn present_size() -> u64 {
    let text = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: u64 = text.split(' ').next().and_then(|pages| pages.parse().ok()).unwrap_or_default();
    pages * PAGE
}

/// # Safety
/// As setrlimit(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn setrlimit(resource: c_int, limit: *const libc::rlimit) -> c_int {
    type Set = unsafe extern "C" fn(c_int, *const libc::rlimit) -> c_int;
    if resource != libc::RLIMIT_AS as c_int {
        // SAFETY: the C library's function of that name, with its caller's arguments.
        return unsafe { mem::transmute::<*mut c_void, Set>(host::SETRLIMIT.address())(resource, limit) };
    }
    // SAFETY: the caller's contract.
    let most = unsafe { (*limit).rlim_cur };
    let left = if most == libc::RLIM_INFINITY { u64::MAX } else { most.saturating_sub(present_size()) };
    LEFT.store(i64::try_from(left).unwrap_or(i64::MAX), Ordering::Relaxed);
    0
}

/// # Safety
/// `memory` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_malloc(length: usize, alignment: c_int, memory: *mut *mut c_void) -> c_int {
    type Allocate = unsafe extern "C" fn(usize, c_int, *mut *mut c_void) -> c_int;
    if !take(length) {
        return ENOMEM;
    }
    // SAFETY: librumpuser's function of that name, with its caller's arguments; so in all functions below.
    unsafe {
        let host = mem::transmute::<*mut c_void, Allocate>(host::RUMPUSER_MALLOC.address());
        host(length, alignment, memory)
    }
}

/// # Safety
/// `memory` comes from [`rumpuser_malloc`] with that length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_free(memory: *mut c_void, length: usize) {
    type Release = unsafe extern "C" fn(*mut c_void, usize);
    give(length);
    // SAFETY: as above.
    unsafe { mem::transmute::<*mut c_void, Release>(host::RUMPUSER_FREE.address())(memory, length) }
}

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
    type Map = unsafe extern "C" fn(*mut c_void, usize, c_int, c_int, *mut *mut c_void) -> c_int;
    if !take(length) {
        return ENOMEM;
    }
    // SAFETY: as above.
    unsafe {
        let host = mem::transmute::<*mut c_void, Map>(host::RUMPUSER_ANONMMAP.address());
        host(preferred, length, alignment_bits, executable, memory)
    }
}

/// # Safety
/// `memory` comes from [`rumpuser_anonmmap`] with that length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_unmap(memory: *mut c_void, length: usize) {
    type Unmap = unsafe extern "C" fn(*mut c_void, usize);
    give(length);
    // SAFETY: as above.
    unsafe { mem::transmute::<*mut c_void, Unmap>(host::RUMPUSER_UNMAP.address())(memory, length) }
}
