//! Transfers of C callers: `struct uio`, made by `rump_pub_uio_setup` or by the caller.

use crate::errno::{Errno, Result};
use crate::memory;
use crate::uio::{Direction, Uio, UserRange};
use crate::user_memory::{AddressSpace, UserAddress};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ffi::{c_int, c_void};
use core::mem::offset_of;
use core::ptr::null_mut;

/// `UIO_WRITE`.
const WRITE: c_int = 1;
/// Pieces of one transfer at most (`IOV_MAX`).
const MOST_PIECES: usize = 1024;

/// `struct iovec`.
#[repr(C)]
pub struct Piece {
    pub base: *mut u8,
    pub length: usize,
}

/// `struct uio` of NetBSD 7.99.34 on amd64.
#[repr(C)]
pub struct UioHandle {
    pub pieces: *mut Piece,
    pub count: c_int,
    pub offset: i64,
    /// Bytes still to be moved.
    pub residual: usize,
    pub direction: c_int,
    /// The original's address space; the caller's own memory here.
    pub space: *mut c_void,
}

const _: () = assert!(size_of::<UioHandle>() == 48 && offset_of!(UioHandle, offset) == 16);
const _: () = assert!(offset_of!(UioHandle, residual) == 24 && offset_of!(UioHandle, direction) == 32);

/// One that we made, with its only piece.
#[repr(C)]
struct Owned {
    uio: UioHandle,
    piece: Piece,
}

impl UioHandle {
    /// The pieces, as far as they are to be moved.
    ///
    /// # Safety
    /// `pieces` points to `count` of them.
    unsafe fn ranges(&self) -> Result<Vec<UserRange>> {
        let count =
            usize::try_from(self.count).ok().filter(|&count| count <= MOST_PIECES).ok_or(Errno::EINVAL)?;
        let mut ranges = memory::vector(count)?;
        let mut left = self.residual;
        for index in 0..count {
            // SAFETY: the caller's promise.
            let piece = unsafe { &*self.pieces.add(index) };
            let length = piece.length.min(left);
            left -= length;
            ranges.push(UserRange { address: UserAddress::new(piece.base.addr() as u64), length });
        }
        // More is to be moved than there is room for.
        if left > 0 { Err(Errno::EFAULT) } else { Ok(ranges) }
    }

    /// Takes `moved` bytes off the front.
    ///
    /// # Safety
    /// As [`ranges`](Self::ranges); the transfer moved that many.
    unsafe fn advance(&mut self, mut moved: usize) {
        self.residual -= moved;
        while moved > 0 && self.count > 0 {
            // SAFETY: the caller's promise.
            let piece = unsafe { &mut *self.pieces };
            let step = piece.length.min(moved);
            // SAFETY: the piece is that long.
            piece.base = unsafe { piece.base.add(step) };
            piece.length -= step;
            moved -= step;
            if piece.length == 0 && self.count > 1 {
                // SAFETY: there is another one behind it.
                self.pieces = unsafe { self.pieces.add(1) };
                self.count -= 1;
            }
        }
    }
}

/// Runs a transfer of a C caller and notes how far it came.
///
/// # Safety
/// `uio` is null or a `struct uio` whose pieces are the caller's memory.
///
/// # Errors
/// `EINVAL` for null, a negative offset, or too many pieces; `EFAULT` for fewer bytes of pieces than are to be moved; what
/// `transfer` says.
pub unsafe fn with_uio<R>(uio: *mut c_void, transfer: impl FnOnce(&mut Uio<'_>) -> Result<R>) -> Result<R> {
    // SAFETY: the caller's promise.
    let handle = unsafe { uio.cast::<UioHandle>().as_mut() }.ok_or(Errno::EINVAL)?;
    let offset = u64::try_from(handle.offset).map_err(|_| Errno::EINVAL)?;
    let direction = if handle.direction == WRITE { Direction::Write } else { Direction::Read };
    // SAFETY: the caller's promise.
    let ranges = unsafe { handle.ranges() }?;
    let mut uio = match ranges.as_slice() {
        [range] => Uio::user(AddressSpace::Local, *range, direction, offset),
        _ => Uio::user_vector(AddressSpace::Local, ranges, direction, offset)?,
    };
    let result = transfer(&mut uio);
    // SAFETY: the transfer moved that many bytes of the pieces.
    unsafe { handle.advance(handle.residual - uio.residual()) };
    handle.offset = i64::try_from(uio.offset).map_err(|_| Errno::EOVERFLOW)?;
    result
}

#[unsafe(no_mangle)]
pub extern "C" fn rump_pub_uio_setup(
    buffer: *mut c_void,
    length: usize,
    offset: i64,
    direction: c_int,
) -> *mut c_void {
    let uio =
        UioHandle { pieces: null_mut(), count: 1, offset, residual: length, direction, space: null_mut() };
    let owned = Box::into_raw(Box::new(Owned { uio, piece: Piece { base: buffer.cast(), length } }));
    // SAFETY: it was made just now, and nobody else has it.
    unsafe { (*owned).uio.pieces = &raw mut (*owned).piece };
    owned.cast()
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
    unsafe { Box::from_raw(uio.cast::<Owned>()) }.uio.residual
}
