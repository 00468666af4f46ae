//! Transfers for C callers (`rump_pub_uio_*`): a buffer, its length, an offset and a direction.

use crate::errno::{Errno, Result};
use crate::uio::{Direction, Uio, UserRange};
use crate::user_memory::{AddressSpace, UserAddress};
use alloc::boxed::Box;
use core::ffi::{c_int, c_void};

/// What `struct uio *` points to.
pub struct UioHandle {
    pub buffer: *mut u8,
    pub residual: usize,
    pub offset: i64,
    pub is_write: bool,
}

/// Runs a transfer of a C caller and notes how far it came.
///
/// # Safety
/// `uio` came from `rump_pub_uio_setup`; its buffer is still valid.
///
/// # Errors
/// `EINVAL` for null or a negative offset; what `transfer` says.
pub unsafe fn with_uio<R>(uio: *mut c_void, transfer: impl FnOnce(&mut Uio<'_>) -> Result<R>) -> Result<R> {
    // SAFETY: the caller's promise.
    let handle = unsafe { uio.cast::<UioHandle>().as_mut() }.ok_or(Errno::EINVAL)?;
    let offset = u64::try_from(handle.offset).map_err(|_| Errno::EINVAL)?;
    let range = UserRange { address: UserAddress::new(handle.buffer.addr() as u64), length: handle.residual };
    let direction = if handle.is_write { Direction::Write } else { Direction::Read };
    let mut uio = Uio::user(AddressSpace::Local, range, direction, offset);
    let result = transfer(&mut uio);
    let moved = handle.residual - uio.residual();
    handle.residual = uio.residual();
    handle.offset = i64::try_from(uio.offset).map_err(|_| Errno::EOVERFLOW)?;
    // SAFETY: the transfer moved that many bytes of the buffer.
    handle.buffer = unsafe { handle.buffer.add(moved) };
    result
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
