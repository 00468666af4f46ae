//! Reading and writing host files from and to several pieces of memory, while the caller waits.

use core::ffi::c_int;
use core::slice;

use crate::errno_translation::{HostErrno, hypercall_result};
use crate::hypervisor::without_virtual_cpu;

/// In place of an offset: go on where the descriptor stands.
pub const RUMPUSER_IOV_NOSEEK: i64 = -1;
/// How many pieces the host takes in one call (IOV_MAX).
const MOST_PIECES: usize = 1024;

#[derive(Clone, Copy)]
enum Direction {
    Read,
    Write,
}

/// One system call for at most [`MOST_PIECES`] pieces.
fn transfer_some(
    direction: Direction,
    descriptor: c_int,
    pieces: &[libc::iovec],
    offset: Option<i64>,
) -> Result<usize, HostErrno> {
    let count = pieces.len() as c_int;
    // SAFETY: the pieces are the caller's memory, as the hypercalls' contracts say.
    let transferred = unsafe {
        match (direction, offset) {
            (Direction::Read, None) => libc::readv(descriptor, pieces.as_ptr(), count),
            (Direction::Read, Some(offset)) => libc::preadv(descriptor, pieces.as_ptr(), count, offset),
            (Direction::Write, None) => libc::writev(descriptor, pieces.as_ptr(), count),
            (Direction::Write, Some(offset)) => libc::pwritev(descriptor, pieces.as_ptr(), count, offset),
        }
    };
    usize::try_from(transferred).map_err(|_| HostErrno::last())
}

/// As many calls as the number of pieces takes; an error after the first of them is left to the next request.
fn transfer(
    direction: Direction,
    descriptor: c_int,
    mut pieces: &[libc::iovec],
    offset: i64,
) -> Result<usize, HostErrno> {
    let mut total = 0;
    loop {
        let (now, later) = pieces.split_at(pieces.len().min(MOST_PIECES));
        let position = (offset != RUMPUSER_IOV_NOSEEK).then(|| offset.saturating_add_unsigned(total as u64));
        match transfer_some(direction, descriptor, now, position) {
            Ok(count) => {
                total += count;
                let wanted = now.iter().fold(0_usize, |sum, piece| sum.saturating_add(piece.iov_len));
                if count < wanted || later.is_empty() {
                    return Ok(total);
                }
            }
            Err(error) if total == 0 => return Err(error),
            Err(_) => return Ok(total),
        }
        pieces = later;
    }
}

/// # Safety
/// As in [`rumpuser_iovread`].
unsafe fn transfer_all(
    direction: Direction,
    descriptor: c_int,
    pieces: *const libc::iovec,
    count: usize,
    offset: i64,
    transferred: *mut usize,
) -> c_int {
    // SAFETY: the caller's contract; `struct rumpuser_iovec` is laid out as `struct iovec`.
    let pieces = if count == 0 { &[] } else { unsafe { slice::from_raw_parts(pieces, count) } };
    let result = without_virtual_cpu(|| transfer(direction, descriptor, pieces, offset));
    // SAFETY: the caller's contract.
    hypercall_result(result.map(|total| unsafe { *transferred = total }))
}

/// Reads into the pieces, in their order, from an offset in bytes or [`RUMPUSER_IOV_NOSEEK`], and stores the
/// number of bytes. The position of the descriptor moves only with `RUMPUSER_IOV_NOSEEK`.
///
/// Errors: those of preadv(2) and readv(2).
///
/// # Safety
/// `pieces` are `count` pieces of writable memory; `transferred` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_iovread(
    descriptor: c_int,
    pieces: *mut libc::iovec,
    count: usize,
    offset: i64,
    transferred: *mut usize,
) -> c_int {
    // SAFETY: the caller's contract.
    unsafe { transfer_all(Direction::Read, descriptor, pieces, count, offset, transferred) }
}

/// Writes the pieces, in their order, to an offset in bytes or [`RUMPUSER_IOV_NOSEEK`], and stores the number
/// of bytes. The position of the descriptor moves only with `RUMPUSER_IOV_NOSEEK`.
///
/// Errors: those of pwritev(2) and writev(2).
///
/// # Safety
/// `pieces` are `count` pieces of readable memory; `transferred` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rumpuser_iovwrite(
    descriptor: c_int,
    pieces: *const libc::iovec,
    count: usize,
    offset: i64,
    transferred: *mut usize,
) -> c_int {
    // SAFETY: the caller's contract.
    unsafe { transfer_all(Direction::Write, descriptor, pieces, count, offset, transferred) }
}
