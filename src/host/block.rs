//! Files of the host: open, size, positioned and asynchronous I/O.

use super::raw;
use crate::errno::{Errno, Result};
use crate::sched;
use alloc::boxed::Box;
use alloc::ffi::CString;
use core::ffi::{c_int, c_void};

/// What a path of the host is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostFileKind {
    Other,
    Directory,
    Regular,
    Block,
    Character,
}

/// Size in bytes and kind of a host path.
///
/// # Errors
/// The host's errno; `ENOENT` where there is no such path.
pub fn file_info(path: &[u8]) -> Result<(u64, HostFileKind)> {
    let path = CString::new(path).map_err(|_| Errno::EINVAL)?;
    let (mut size, mut kind) = (0, 0);
    sched::blocking(|| {
        // SAFETY: the path ends in NUL and both places are valid.
        Errno::check(unsafe { raw::rumpuser_getfileinfo(path.as_ptr(), &mut size, &mut kind) })
    })?;
    let kind = match kind {
        1 => HostFileKind::Directory,
        2 => HostFileKind::Regular,
        3 => HostFileKind::Block,
        4 => HostFileKind::Character,
        _ => HostFileKind::Other,
    };
    Ok((size, kind))
}

/// How a host file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenMode {
    ReadOnly,
    ReadWrite,
}

const OPEN_READ_WRITE: c_int = 2;
const OPEN_BLOCK_IO: c_int = 0x10;

/// An open host file.
pub struct HostFile {
    descriptor: c_int,
}

/// Called when an asynchronous transfer has ended, with the bytes moved.
pub type Completion = Box<dyn FnOnce(Result<usize>) + Send>;

struct Transfer {
    buffer: Box<[u8]>,
    done: Box<dyn FnOnce(Box<[u8]>, Result<usize>) + Send>,
}

extern "C" fn transfer_done(argument: *mut c_void, length: usize, error: c_int) {
    // SAFETY: `argument` is the box leaked at submission; the host calls back once.
    let transfer = unsafe { Box::from_raw(argument.cast::<Transfer>()) };
    let result = Errno::check(error).map(|()| length);
    (transfer.done)(transfer.buffer, result);
}

/// Direction of a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Read,
    Write,
}

impl HostFile {
    /// Opens a host file for block I/O.
    ///
    /// # Errors
    /// The host's errno.
    pub fn open(path: &[u8], mode: OpenMode) -> Result<Self> {
        let path = CString::new(path).map_err(|_| Errno::EINVAL)?;
        let flags = OPEN_BLOCK_IO | if mode == OpenMode::ReadWrite { OPEN_READ_WRITE } else { 0 };
        let mut descriptor = -1;
        sched::blocking(|| {
            // SAFETY: the path ends in NUL and the place for the descriptor is valid.
            Errno::check(unsafe { raw::rumpuser_open(path.as_ptr(), flags, &mut descriptor) })
        })?;
        Ok(Self { descriptor })
    }

    /// Reads at a byte offset; short only at the end of the file.
    ///
    /// # Errors
    /// The host's errno.
    pub fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<usize> {
        let mut total = 0;
        while total < into.len() {
            let position = position(offset, total)?;
            let rest = &mut into[total..];
            let mut vector = raw::IoVector { base: rest.as_mut_ptr().cast(), length: rest.len() };
            let mut moved = 0;
            sched::blocking(|| {
                // SAFETY: one vector over a live, exclusive slice.
                Errno::check(unsafe {
                    raw::rumpuser_iovread(self.descriptor, &mut vector, 1, position, &mut moved)
                })
            })?;
            if moved == 0 {
                break;
            }
            total += moved.min(rest.len());
        }
        Ok(total)
    }

    /// Writes all of `from` at a byte offset.
    ///
    /// # Errors
    /// The host's errno; `EIO` where the host takes nothing more.
    pub fn write_at(&self, offset: u64, from: &[u8]) -> Result<()> {
        let mut total = 0;
        while total < from.len() {
            let position = position(offset, total)?;
            let rest = &from[total..];
            let vector = raw::IoVector { base: rest.as_ptr().cast_mut().cast(), length: rest.len() };
            let mut moved = 0;
            sched::blocking(|| {
                // SAFETY: one vector over a live slice, which the host only reads.
                Errno::check(unsafe {
                    raw::rumpuser_iovwrite(self.descriptor, &vector, 1, position, &mut moved)
                })
            })?;
            if moved == 0 {
                return Err(Errno::EIO);
            }
            total += moved.min(rest.len());
        }
        Ok(())
    }

    /// Starts a transfer of a whole buffer and returns at once; `done` gets the buffer back. It runs on a host
    /// thread that holds a virtual CPU and must not block for long.
    ///
    /// # Errors
    /// `EINVAL` for an offset past what a file can have; `done` is then not called.
    pub fn submit(
        &self,
        direction: Direction,
        offset: u64,
        buffer: Box<[u8]>,
        done: Box<dyn FnOnce(Box<[u8]>, Result<usize>) + Send>,
    ) -> Result<()> {
        let position = position(offset, 0)?;
        let length = buffer.len();
        let transfer = Box::into_raw(Box::new(Transfer { buffer, done }));
        let operation = if direction == Direction::Read { 1 } else { 2 };
        // SAFETY: the transfer, and with it the buffer, stays alive and unused until the host calls back.
        unsafe {
            let data = (*transfer).buffer.as_mut_ptr().cast();
            let argument = transfer.cast();
            raw::rumpuser_bio(self.descriptor, operation, data, length, position, transfer_done, argument);
        }
        Ok(())
    }

    /// Makes all writes so far stable on the host.
    ///
    /// # Errors
    /// The host's errno.
    pub fn sync(&self) -> Result<()> {
        const WRITE_AND_WAIT: c_int = 0x02 | 0x08;
        sched::blocking(|| {
            // SAFETY: takes numbers; length 0 is the whole file.
            Errno::check(unsafe { raw::rumpuser_syncfd(self.descriptor, WRITE_AND_WAIT, 0, 0) })
        })
    }
}

impl Drop for HostFile {
    fn drop(&mut self) {
        // SAFETY: the descriptor is ours and not used again; a failing close has nobody left to hear it.
        unsafe { raw::rumpuser_close(self.descriptor) };
    }
}

fn position(offset: u64, done: usize) -> Result<i64> {
    let position = offset.checked_add(done as u64).ok_or(Errno::EINVAL)?;
    i64::try_from(position).map_err(|_| Errno::EINVAL)
}
