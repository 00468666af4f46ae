//! UNSAFE inside. Memory of the program that made a system call: in this process, or behind the proxy.

use crate::arch;
use crate::errno::{Errno, Result};
use crate::host;
use alloc::vec::Vec;
use core::mem::size_of;

/// An address in a program's memory. It means nothing until it is copied from or to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(transparent)]
pub struct UserAddress(u64);

impl UserAddress {
    /// The address that a system-call slot holds.
    #[must_use]
    pub const fn new(address: u64) -> Self {
        Self(address)
    }

    /// Whether it is the null pointer, which many calls take for "not wanted".
    #[must_use]
    pub const fn is_null(self) -> bool {
        self.0 == 0
    }

    /// The number.
    #[must_use]
    pub const fn value(self) -> u64 {
        self.0
    }

    /// The address `count` bytes on.
    ///
    /// # Errors
    /// `EFAULT` past the end of memory.
    pub fn offset(self, count: usize) -> Result<Self> {
        self.0.checked_add(count as u64).map(Self).ok_or(Errno::EFAULT)
    }

    fn check(self, length: usize) -> Result<()> {
        let end = self.0.checked_add(length as u64);
        // Members of a structure at the null pointer are in the first page, where no program has anything.
        if self.0 < FIRST_PAGE || end.is_none() { Err(Errno::EFAULT) } else { Ok(()) }
    }
}

/// Plain C data that may be copied to and from programs byte by byte.
///
/// # Safety
/// Every bit pattern is a value, and there is no padding.
pub unsafe trait Plain: Copy {}

macro_rules! plain {
    ($($kind:ty),*) => { $(
        // SAFETY: an integer has no padding and every pattern is one.
        unsafe impl Plain for $kind {}
    )* };
}
plain!(u8, i8, u16, i16, u32, i32, u64, i64, usize, isize);
// SAFETY: two 64-bit integers.
unsafe impl Plain for crate::time::Timespec {}
// SAFETY: an array of plain values has no padding between them.
unsafe impl<T: Plain, const N: usize> Plain for [T; N] {}

/// Addresses below this are nobody's.
const FIRST_PAGE: u64 = 4096;

/// Bytes of a page.
const PAGE: usize = 4096;

/// Bytes to be asked for ahead at most.
const PREFETCH: usize = 4096;

/// Where a process's memory is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressSpace {
    /// In this host process.
    Local,
}

impl AddressSpace {
    /// Copies from the program.
    ///
    /// # Errors
    /// `EFAULT` for the first page of memory or a range past the end of memory.
    pub fn copy_in(self, from: UserAddress, into: &mut [u8]) -> Result<()> {
        if into.is_empty() {
            return Ok(());
        }
        from.check(into.len())?;
        // SAFETY: a local program vouches for its own pointers, as with any library call; the regions cannot overlap in a
        // way that matters, hence `copy`.
        unsafe { core::ptr::copy(from.0 as *const u8, into.as_mut_ptr(), into.len()) };
        Ok(())
    }

    /// Copies `length` bytes from the program to the end of `into`, without growing it.
    ///
    /// # Errors
    /// As [`copy_in`](Self::copy_in); `ENOMEM` when `into` has no room.
    pub fn append_in(self, from: UserAddress, into: &mut Vec<u8>, length: usize) -> Result<()> {
        if length == 0 {
            return Ok(());
        }
        from.check(length)?;
        let room = into.spare_capacity_mut().get_mut(..length).ok_or(Errno::ENOMEM)?;
        // SAFETY: as in `copy_in`, to memory of the list's own; the bytes are there when the list is told of them.
        unsafe {
            core::ptr::copy(from.0 as *const u8, room.as_mut_ptr().cast(), length);
            into.set_len(into.len() + length);
        }
        // Who appends once mostly goes on: the next bytes are on their way into the cache while the caller returns.
        let next = into.spare_capacity_mut();
        arch::prefetch_for_write(next.as_ptr().cast(), next.len().min(length).min(PREFETCH));
        Ok(())
    }

    /// Copies to the program.
    ///
    /// # Errors
    /// `EFAULT` for the first page of memory or a range past the end of memory.
    pub fn copy_out(self, from: &[u8], into: UserAddress) -> Result<()> {
        if from.is_empty() {
            return Ok(());
        }
        into.check(from.len())?;
        // SAFETY: as in `copy_in`.
        unsafe { core::ptr::copy(from.as_ptr(), into.0 as *mut u8, from.len()) };
        Ok(())
    }

    /// Gives the program fresh pages that begin with `bytes`; they are the program's to unmap.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn map_filled(self, bytes: &[u8]) -> Result<UserAddress> {
        let length = bytes.len().max(1).next_multiple_of(PAGE);
        let pages = host::memory::map_anonymous(length, PAGE).ok_or(Errno::ENOMEM)?;
        let address = UserAddress(pages.as_ptr().expose_provenance() as u64);
        self.copy_out(bytes, address)?;
        Ok(address)
    }

    /// Fills the program's memory with zeroes.
    ///
    /// # Errors
    /// As [`copy_out`](Self::copy_out).
    pub fn zero_out(self, into: UserAddress, length: usize) -> Result<()> {
        if length == 0 {
            return Ok(());
        }
        into.check(length)?;
        // SAFETY: as in `copy_in`.
        unsafe { core::ptr::write_bytes(into.0 as *mut u8, 0, length) };
        Ok(())
    }

    /// Copies a value from the program.
    ///
    /// # Errors
    /// As [`copy_in`](Self::copy_in).
    pub fn read<T: Plain>(self, from: UserAddress) -> Result<T> {
        from.check(size_of::<T>())?;
        // SAFETY: as in `copy_in`; every bit pattern is a `T`, wherever it is aligned.
        Ok(unsafe { core::ptr::read_unaligned(from.0 as *const T) })
    }

    /// Copies a value to the program.
    ///
    /// # Errors
    /// As [`copy_out`](Self::copy_out).
    pub fn write<T: Plain>(self, value: T, into: UserAddress) -> Result<()> {
        into.check(size_of::<T>())?;
        // SAFETY: as in `copy_in`.
        unsafe { core::ptr::write_unaligned(into.0 as *mut T, value) };
        Ok(())
    }

    /// Copies a string up to its NUL, which is left out. `most` counts the NUL.
    ///
    /// # Errors
    /// `EFAULT` for the first page of memory; `ENAMETOOLONG` when there is no NUL within `most` bytes.
    pub fn copy_in_string(self, from: UserAddress, most: usize) -> Result<Vec<u8>> {
        from.check(1)?;
        let mut length = 0;
        // SAFETY: as in `copy_in`; bytes past the NUL are not touched.
        while unsafe { *(from.0 as *const u8).add(length) } != 0 {
            length += 1;
            if length >= most {
                return Err(Errno::ENAMETOOLONG);
            }
        }
        let mut string = Vec::new();
        string.try_reserve_exact(length).map_err(|_| Errno::ENOMEM)?;
        // SAFETY: these bytes have just been read.
        string.extend_from_slice(unsafe { core::slice::from_raw_parts(from.0 as *const u8, length) });
        Ok(string)
    }
}
