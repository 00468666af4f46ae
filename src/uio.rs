//! Scattered data on its way between a program (or the kernel) and an object (uio(9)).

use crate::errno::{Errno, Result};
use crate::user_memory::{AddressSpace, UserAddress};
use alloc::vec::Vec;

/// A piece of a program's memory (`struct iovec`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserRange {
    pub address: UserAddress,
    pub length: usize,
}

/// Which way the data goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the object to the program.
    Read,
    /// From the program to the object.
    Write,
}

enum Memory<'a> {
    One(AddressSpace, UserRange),
    /// In reverse order, so that the first is popped.
    Many(AddressSpace, Vec<UserRange>),
    KernelIn(&'a [u8]),
    KernelOut(&'a mut [u8]),
}

/// What is still to be moved, and where in the object.
pub struct Uio<'a> {
    memory: Memory<'a>,
    direction: Direction,
    /// Byte offset in the object; moves on with the data.
    pub offset: u64,
    residual: usize,
    /// Whether data was taken from the program that the object did not get.
    has_lost: bool,
    /// For whom transfers the data to raise, once no lock is held any more.
    signal: Option<i32>,
}

impl<'a> Uio<'a> {
    /// One piece of a program's memory.
    #[must_use]
    pub fn user(space: AddressSpace, range: UserRange, direction: Direction, offset: u64) -> Self {
        Self {
            memory: Memory::One(space, range),
            direction,
            offset,
            residual: range.length,
            has_lost: false,
            signal: None,
        }
    }

    /// Several pieces of a program's memory, in order.
    ///
    /// # Errors
    /// `EINVAL` when they add up to more than `SSIZE_MAX`.
    pub fn user_vector(
        space: AddressSpace,
        mut ranges: Vec<UserRange>,
        direction: Direction,
        offset: u64,
    ) -> Result<Self> {
        let total = ranges.iter().try_fold(0usize, |sum, range| sum.checked_add(range.length));
        let residual = total.filter(|&sum| isize::try_from(sum).is_ok()).ok_or(Errno::EINVAL)?;
        ranges.reverse();
        Ok(Self {
            memory: Memory::Many(space, ranges),
            direction,
            offset,
            residual,
            has_lost: false,
            signal: None,
        })
    }

    /// Reading into the kernel's own memory.
    #[must_use]
    pub fn into_kernel(into: &'a mut [u8], offset: u64) -> Self {
        let residual = into.len();
        Self {
            memory: Memory::KernelOut(into),
            direction: Direction::Read,
            offset,
            residual,
            has_lost: false,
            signal: None,
        }
    }

    /// Writing from the kernel's own memory.
    #[must_use]
    pub fn from_kernel(from: &'a [u8], offset: u64) -> Self {
        Self {
            memory: Memory::KernelIn(from),
            direction: Direction::Write,
            offset,
            residual: from.len(),
            has_lost: false,
            signal: None,
        }
    }

    /// Bytes still to be moved.
    #[must_use]
    pub fn residual(&self) -> usize {
        self.residual
    }

    /// To be called when an object fails after it has taken data with [`copy_in`](Self::copy_in): the count of what was moved
    /// says too much then, and the program must be told of the error.
    pub fn note_loss(&mut self) {
        self.has_lost = true;
    }

    /// Whether [`note_loss`](Self::note_loss) was called.
    #[must_use]
    pub fn has_lost(&self) -> bool {
        self.has_lost
    }

    /// To be called when the transfer fails and its lwp gets a signal for it. It is raised when the call is at its end: a
    /// program's handler may run then, and call the kernel again.
    pub fn cause_signal(&mut self, signal: i32) {
        self.signal = Some(signal);
    }

    /// What [`cause_signal`](Self::cause_signal) was called with.
    #[must_use]
    pub fn caused_signal(&self) -> Option<i32> {
        self.signal
    }

    /// Which way the data goes.
    #[must_use]
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// Gives the program up to `from.len()` bytes and moves on by what fitted.
    ///
    /// # Errors
    /// `EFAULT` for bad memory of the program; `EINVAL` when the data goes the other way.
    pub fn copy_out(&mut self, from: &[u8]) -> Result<usize> {
        let total = from.len().min(self.residual);
        let mut done = 0;
        while done < total {
            let rest = &from[done..total];
            let count = match &mut self.memory {
                Memory::KernelOut(into) => {
                    let (now, later) = core::mem::take(into).split_at_mut(rest.len());
                    now.copy_from_slice(rest);
                    *into = later;
                    rest.len()
                }
                Memory::KernelIn(_) => return Err(Errno::EINVAL),
                memory => {
                    let (space, range) = memory.next_range(rest.len())?;
                    space.copy_out(&rest[..range.length], range.address)?;
                    range.length
                }
            };
            done += count;
            self.advance(count);
        }
        Ok(total)
    }

    /// Gives the program up to `length` zeroes and moves on by what fitted.
    ///
    /// # Errors
    /// As [`copy_out`](Self::copy_out).
    pub fn zero_out(&mut self, length: usize) -> Result<usize> {
        const ZEROES: [u8; 4096] = [0; 4096];
        let total = length.min(self.residual);
        let mut done = 0;
        while done < total {
            done += self.copy_out(&ZEROES[..ZEROES.len().min(total - done)])?;
        }
        Ok(total)
    }

    /// Takes up to `into.len()` bytes from the program and moves on by what there was.
    ///
    /// # Errors
    /// `EFAULT` for bad memory of the program; `EINVAL` when the data goes the other way.
    pub fn copy_in(&mut self, into: &mut [u8]) -> Result<usize> {
        let total = into.len().min(self.residual);
        let mut done = 0;
        while done < total {
            let rest = &mut into[done..total];
            let count = match &mut self.memory {
                Memory::KernelIn(from) => {
                    let (now, later) = from.split_at(rest.len());
                    rest.copy_from_slice(now);
                    *from = later;
                    rest.len()
                }
                Memory::KernelOut(_) => return Err(Errno::EINVAL),
                memory => {
                    let (space, range) = memory.next_range(rest.len())?;
                    space.copy_in(range.address, &mut rest[..range.length])?;
                    range.length
                }
            };
            done += count;
            self.advance(count);
        }
        Ok(total)
    }

    /// Takes up to `length` bytes from the program to the end of `into`, which has room for them, and moves on by what there
    /// was.
    ///
    /// # Errors
    /// As [`copy_in`](Self::copy_in); `ENOMEM` when `into` has no room.
    pub fn append_to(&mut self, into: &mut Vec<u8>, length: usize) -> Result<usize> {
        let total = length.min(self.residual);
        if into.capacity() - into.len() < total {
            return Err(Errno::ENOMEM);
        }
        let mut done = 0;
        while done < total {
            let most = total - done;
            let count = match &mut self.memory {
                Memory::KernelIn(from) => {
                    let (now, later) = from.split_at(most);
                    into.extend_from_slice(now);
                    *from = later;
                    most
                }
                Memory::KernelOut(_) => return Err(Errno::EINVAL),
                memory => {
                    let (space, range) = memory.next_range(most)?;
                    space.append_in(range.address, into, range.length)?;
                    range.length
                }
            };
            done += count;
            self.advance(count);
        }
        Ok(total)
    }

    fn advance(&mut self, count: usize) {
        self.residual -= count;
        self.offset = self.offset.saturating_add(count as u64);
    }
}

impl Memory<'_> {
    /// Takes up to `most` bytes off the front of the program's memory.
    fn next_range(&mut self, most: usize) -> Result<(AddressSpace, UserRange)> {
        match self {
            Self::One(space, range) => Ok((*space, split_front(range, most)?)),
            Self::Many(space, ranges) => {
                while ranges.last().is_some_and(|range| range.length == 0) {
                    ranges.pop();
                }
                let range = ranges.last_mut().ok_or(Errno::EFAULT)?;
                Ok((*space, split_front(range, most)?))
            }
            Self::KernelIn(_) | Self::KernelOut(_) => Err(Errno::EINVAL),
        }
    }
}

fn split_front(range: &mut UserRange, most: usize) -> Result<UserRange> {
    let front = UserRange { address: range.address, length: range.length.min(most) };
    range.length -= front.length;
    if range.length > 0 {
        range.address = range.address.offset(front.length)?;
    }
    Ok(front)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range_of(bytes: &mut [u8]) -> UserRange {
        UserRange { address: UserAddress::new(bytes.as_mut_ptr() as u64), length: bytes.len() }
    }

    #[test]
    fn data_scatters_over_ranges_in_order() {
        let (mut first, mut second, mut third) = ([0u8; 3], [0u8; 0], [0u8; 4]);
        let ranges = [range_of(&mut first), range_of(&mut second), range_of(&mut third)].to_vec();
        let mut uio = Uio::user_vector(AddressSpace::Local, ranges, Direction::Read, 10).unwrap();
        assert_eq!(uio.copy_out(b"ab").unwrap(), 2);
        assert_eq!(uio.copy_out(b"cdefghi").unwrap(), 5);
        assert_eq!((uio.residual(), uio.offset), (0, 17));
        assert_eq!((&first, &third), (b"abc", b"defg"));
        assert_eq!(uio.copy_out(b"x").unwrap(), 0);
    }

    #[test]
    fn data_cannot_go_against_the_direction() {
        let mut bytes = [0u8; 4];
        assert_eq!(Uio::into_kernel(&mut bytes, 0).copy_in(&mut [0; 2]), Err(Errno::EINVAL));
        assert_eq!(Uio::from_kernel(b"abcd", 0).copy_out(b"x"), Err(Errno::EINVAL));
    }

    #[test]
    fn totals_past_ssize_max_are_refused() {
        let range = UserRange { address: UserAddress::new(1), length: usize::MAX / 2 };
        let vector = Uio::user_vector(AddressSpace::Local, [range, range].to_vec(), Direction::Read, 0);
        assert_eq!(vector.err(), Some(Errno::EINVAL));
    }

    #[test]
    fn null_is_efault_and_moves_nothing() {
        let range = UserRange { address: UserAddress::new(0), length: 4 };
        let mut uio = Uio::user(AddressSpace::Local, range, Direction::Read, 0);
        assert_eq!(uio.copy_out(b"abcd"), Err(Errno::EFAULT));
        assert_eq!(uio.residual(), 4);
    }
}
