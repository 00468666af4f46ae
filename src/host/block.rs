//! Files of the host: open, size, positioned I/O.

use super::raw;
use crate::errno::{Errno, Result};
use crate::sched;
use crate::sync::{Mutex, MutexGuard};
use alloc::ffi::CString;
use core::ffi::c_int;

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

/// `RUMPUSER_IOV_NOSEEK`: a transfer where the host's position is.
const AT_POSITION: i64 = -1;

/// An open host file.
pub struct HostFile {
    descriptor: c_int,
    /// Held during transfers on a host that seeks for them.
    turn: Option<Mutex<()>>,
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
        Ok(Self { descriptor, turn: None })
    }

    /// Finds out whether transfers at an offset move the host's position, with a file of `size` bytes.
    ///
    /// NetBSD's host library seeks and then transfers, and two threads that do so at once get each other's bytes: there,
    /// transfers take turns. A read of the last byte leaves such a position at the end, from where there is nothing to read.
    #[must_use]
    pub fn with_turns_if_host_seeks(mut self, size: u64) -> Self {
        let last = size.checked_sub(1).and_then(|last| i64::try_from(last).ok());
        let mut byte = [0];
        let stays = last.is_some_and(|last| {
            self.read_once(last, &mut byte) == Ok(1) && self.read_once(AT_POSITION, &mut byte) == Ok(1)
        });
        self.turn = (!stays).then(|| Mutex::new(()));
        self
    }

    fn turn(&self) -> Option<MutexGuard<'_, ()>> {
        self.turn.as_ref().map(Mutex::lock)
    }

    fn read_once(&self, position: i64, into: &mut [u8]) -> Result<usize> {
        let mut vector = raw::IoVector { base: into.as_mut_ptr().cast(), length: into.len() };
        let mut moved = 0;
        let _turn = self.turn();
        sched::blocking(|| {
            // SAFETY: one vector over a live, exclusive slice.
            Errno::check(unsafe {
                raw::rumpuser_iovread(self.descriptor, &mut vector, 1, position, &mut moved)
            })
        })?;
        Ok(moved)
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
            let moved = self.read_once(position, rest)?;
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
            let _turn = self.turn();
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
