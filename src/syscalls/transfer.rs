//! read(2), write(2) and their kin.

use crate::abi::system_call::table::{
    PreadArguments, PreadvArguments, PwriteArguments, PwritevArguments, ReadArguments, ReadvArguments,
    WriteArguments, WritevArguments,
};
use crate::errno::{Errno, Result};
use crate::file::FileStatus;
use crate::sched::Lwp;
use crate::signal;
use crate::syscall::ReturnValue;
use crate::trace;
use crate::uio::{Direction, Uio, UserRange};
use crate::user_memory::{AddressSpace, UserAddress};
use alloc::vec::Vec;

/// Pieces in one call at most (`IOV_MAX`).
pub(crate) const MOST_PIECES: usize = 1024;

/// Where a transfer goes in the file.
#[derive(Clone, Copy)]
enum Position {
    Own,
    At(i64),
}

/// Reads an array of `struct iovec`.
///
/// # Errors
/// `EINVAL` for no piece or more than `IOV_MAX`; `EFAULT`.
pub fn ranges(space: AddressSpace, address: UserAddress, count: i32) -> Result<Vec<UserRange>> {
    let count = usize::try_from(count).map_err(|_| Errno::EINVAL)?;
    if count == 0 || count > MOST_PIECES {
        return Err(Errno::EINVAL);
    }
    (0..count)
        .map(|index| {
            let [base, length] = space.read::<[u64; 2]>(address.offset(index * 16)?)?;
            let length = usize::try_from(length).map_err(|_| Errno::EINVAL)?;
            Ok(UserRange { address: UserAddress::new(base), length })
        })
        .collect()
}

/// Whether an error stops a transfer without doing harm to what was moved before.
fn leaves_the_rest_alone(error: Errno) -> bool {
    matches!(
        error,
        Errno::EAGAIN
            | Errno::EINTR
            | Errno::EFAULT
            | Errno::ENOSPC
            | Errno::EDQUOT
            | Errno::EFBIG
            | Errno::ENOMEM
    )
}

/// Runs a transfer. What was moved before an error counts, as long as it is something.
fn transfer(lwp: &Lwp, descriptor: i32, mut uio: Uio<'_>, position: Position) -> Result<ReturnValue> {
    let file = lwp.process.descriptors.get(descriptor)?;
    let total = uio.residual();
    let result = match (position, uio.direction()) {
        (Position::At(offset), _) => {
            uio.offset = u64::try_from(offset).map_err(|_| Errno::EINVAL)?;
            file.transfer_at(&mut uio)
        }
        (Position::Own, Direction::Read) => file.read(&mut uio),
        (Position::Own, Direction::Write) => file.write(&mut uio),
    };
    let moved = total - uio.residual();
    if result == Err(Errno::EPIPE) && !file.status().contains(FileStatus::NO_SIGPIPE) {
        signal::raise(signal::BROKEN_PIPE);
    }
    if let Some(signal) = uio.caused_signal() {
        signal::raise(signal);
    }
    match result {
        // A short count tells of these; the next call meets them again. All else must be told at once: a failing device may
        // have lost what it took.
        Err(error) if moved == 0 || uio.has_lost() || !leaves_the_rest_alone(error) => Err(error),
        _ => Ok(moved.into()),
    }
}

fn one(
    lwp: &Lwp,
    descriptor: i32,
    buffer: UserAddress,
    length: usize,
    direction: Direction,
    position: Position,
) -> Result<ReturnValue> {
    if isize::try_from(length).is_err() {
        return Err(Errno::EINVAL);
    }
    let uio = Uio::user(lwp.process.space, UserRange { address: buffer, length }, direction, 0);
    let result = transfer(lwp, descriptor, uio, position);
    if trace::wants_transfers(lwp) {
        trace_ranges(lwp, descriptor, direction, &[UserRange { address: buffer, length }], result);
    }
    result
}

fn many(
    lwp: &Lwp,
    descriptor: i32,
    vector: UserAddress,
    count: i32,
    direction: Direction,
    position: Position,
) -> Result<ReturnValue> {
    let space = lwp.process.space;
    let pieces = ranges(space, vector, count)?;
    let traced = if trace::wants_transfers(lwp) { Some(pieces.clone()) } else { None };
    let uio = Uio::user_vector(space, pieces, direction, 0)?;
    let result = transfer(lwp, descriptor, uio, position);
    if let Some(pieces) = traced {
        trace_ranges(lwp, descriptor, direction, &pieces, result);
    }
    result
}

/// Traces what a transfer has moved.
#[cold]
fn trace_ranges(
    lwp: &Lwp,
    descriptor: i32,
    direction: Direction,
    ranges: &[UserRange],
    result: Result<ReturnValue>,
) {
    let mut left = result.map_or(0, |moved| usize::try_from(moved.0).unwrap_or(0));
    for range in ranges {
        let length = range.length.min(left);
        trace::transfer(lwp, descriptor, direction == Direction::Write, range.address, length);
        left -= length;
    }
}

pub(super) fn read(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = ReadArguments::from_slots(slots);
    one(lwp, call.fd, call.buf, call.nbyte, Direction::Read, Position::Own)
}

pub(super) fn write(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = WriteArguments::from_slots(slots);
    one(lwp, call.fd, call.buf, call.nbyte, Direction::Write, Position::Own)
}

pub(super) fn pread(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = PreadArguments::from_slots(slots);
    one(lwp, call.fd, call.buf, call.nbyte, Direction::Read, Position::At(call.offset))
}

pub(super) fn pwrite(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = PwriteArguments::from_slots(slots);
    one(lwp, call.fd, call.buf, call.nbyte, Direction::Write, Position::At(call.offset))
}

pub(super) fn readv(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = ReadvArguments::from_slots(slots);
    many(lwp, call.fd, call.iovp, call.iovcnt, Direction::Read, Position::Own)
}

pub(super) fn writev(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = WritevArguments::from_slots(slots);
    many(lwp, call.fd, call.iovp, call.iovcnt, Direction::Write, Position::Own)
}

pub(super) fn preadv(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = PreadvArguments::from_slots(slots);
    many(lwp, call.fd, call.iovp, call.iovcnt, Direction::Read, Position::At(call.offset))
}

pub(super) fn pwritev(lwp: &Lwp, slots: &[u64]) -> Result<ReturnValue> {
    let call = PwritevArguments::from_slots(slots);
    many(lwp, call.fd, call.iovp, call.iovcnt, Direction::Write, Position::At(call.offset))
}
