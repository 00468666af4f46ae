//! The host's pool of random numbers, getrandom(2).

use core::ffi::{c_int, c_uint, c_void};

use crate::errno_translation::{HostErrno, hypercall_result};

/// The numbers are for keys: take them from the pool that waits for entropy.
pub const RUMPUSER_RANDOM_HARD: c_int = 0x01;
/// Do not wait for entropy: answer EAGAIN instead.
pub const RUMPUSER_RANDOM_NOWAIT: c_int = 0x02;

/// Asks whether the host has random numbers at all: 0, or the host's errno (ENOSYS before Linux 3.17).
#[unsafe(no_mangle)]
pub extern "C" fn rumpuser__random_init() -> c_int {
    // SAFETY: a request for no bytes.
    if unsafe { libc::getrandom(core::ptr::null_mut(), 0, libc::GRND_NONBLOCK) } == 0 {
        return 0;
    }
    match HostErrno::last().0 {
        // No entropy yet, which is for getrandom to report.
        libc::EAGAIN => 0,
        error => error,
    }
}

/// Fills a buffer with random bytes and stores how many there are, always all of them on success.
///
/// Errors: EAGAIN with [`RUMPUSER_RANDOM_NOWAIT`] if the host has none ready; then and on other errors the
/// stored number says how many bytes are good.
///
/// # Safety
/// `buffer` is writable for `length` bytes, `stored` for a `size_t`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_getrandom(
    buffer: *mut c_void,
    length: usize,
    flags: c_int,
    stored: *mut usize,
) -> c_int {
    let mut host_flags: c_uint = 0;
    if flags & RUMPUSER_RANDOM_HARD != 0 {
        host_flags |= libc::GRND_RANDOM;
    }
    if flags & RUMPUSER_RANDOM_NOWAIT != 0 {
        host_flags |= libc::GRND_NONBLOCK;
    }
    let mut filled = 0;
    let mut result = Ok(());
    while filled < length {
        // SAFETY: the caller's contract; `filled` stays below `length`.
        let count = unsafe { libc::getrandom(buffer.byte_add(filled), length - filled, host_flags) };
        if let Ok(count) = usize::try_from(count) {
            filled += count;
        } else if HostErrno::last() != HostErrno(libc::EINTR) {
            result = Err(HostErrno::last());
            break;
        }
    }
    // SAFETY: the caller's contract.
    unsafe { *stored = filled };
    hypercall_result(result)
}
