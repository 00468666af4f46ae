//! Transfers for C callers (`rump_pub_uio_*`): a buffer, its length, an offset and a direction.

use alloc::boxed::Box;
use core::ffi::{c_int, c_void};

/// What `struct uio *` points to.
pub struct UioHandle {
    pub buffer: *mut u8,
    pub residual: usize,
    pub offset: i64,
    pub is_write: bool,
}

#[unsafe(no_mangle)]
pub extern "C" fn rump_pub_uio_setup(
    buffer: *mut c_void,
    length: usize,
    offset: i64,
    direction: c_int,
) -> *mut c_void {
    const WRITE: c_int = 1;
    let handle = UioHandle { buffer: buffer.cast(), residual: length, offset, is_write: direction == WRITE };
    Box::into_raw(Box::new(handle)).cast()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_pub_uio_getresid(uio: *mut c_void) -> usize {
    // SAFETY: the caller passes what `rump_pub_uio_setup` gave it.
    unsafe { (*uio.cast::<UioHandle>()).residual }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_pub_uio_getoff(uio: *mut c_void) -> i64 {
    // SAFETY: as above.
    unsafe { (*uio.cast::<UioHandle>()).offset }
}

/// Frees the transfer and says how much was left.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_pub_uio_free(uio: *mut c_void) -> usize {
    // SAFETY: as above; the caller gives it up.
    unsafe { Box::from_raw(uio.cast::<UioHandle>()) }.residual
}
