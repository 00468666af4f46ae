//! Pipes (pipe(2)): a ring in the kernel between two open files.

use crate::errno::{Errno, Result};
use crate::file::{FileAttributes, FileObject, FileStatus};
use crate::memory;
use crate::sync::{Condvar, Mutex};
use crate::time::Timespec;
use crate::uio::Uio;
use crate::user_memory::UserAddress;
use alloc::boxed::Box;
use alloc::sync::Arc;

/// Bytes that a pipe holds.
pub const CAPACITY: usize = 64 * 1024;
/// Writes of up to this many bytes are not interleaved with others (`PIPE_BUF`).
pub const ATOMIC: usize = 512;

const READABLE_BYTES: u64 = 0x4004_667f;
const SET_NONBLOCK: u64 = 0x8004_667e;
const SET_ASYNC: u64 = 0x8004_667d;

struct Ring {
    bytes: Box<[u8]>,
    start: usize,
    length: usize,
    readers: bool,
    writers: bool,
}

impl Ring {
    /// Makes the ring's memory at the first write.
    fn prepare(&mut self) -> Result<()> {
        if self.bytes.is_empty() {
            self.bytes = memory::zeroed(CAPACITY)?;
        }
        Ok(())
    }

    fn take(&mut self, uio: &mut Uio<'_>) -> Result<()> {
        while self.length > 0 && uio.residual() > 0 {
            let contiguous = self.length.min(CAPACITY - self.start);
            let moved = uio.copy_out(&self.bytes[self.start..self.start + contiguous])?;
            self.length -= moved;
            // An empty ring starts over, so that the same memory stays warm.
            self.start = if self.length == 0 { 0 } else { (self.start + moved) % CAPACITY };
        }
        Ok(())
    }

    fn put(&mut self, uio: &mut Uio<'_>) -> Result<()> {
        self.prepare()?;
        while self.length < CAPACITY && uio.residual() > 0 {
            let end = (self.start + self.length) % CAPACITY;
            let contiguous = (CAPACITY - self.length).min(CAPACITY - end);
            let moved = uio.copy_in(&mut self.bytes[end..end + contiguous])?;
            self.length += moved;
        }
        Ok(())
    }
}

struct Pipe {
    ring: Mutex<Ring>,
    readable: Condvar,
    writable: Condvar,
    made: Timespec,
}

/// The end that is read from.
pub struct ReadEnd(Arc<Pipe>);

/// The end that is written to.
pub struct WriteEnd(Arc<Pipe>);

/// Makes a pipe.
#[must_use]
pub fn new(now: Timespec) -> (ReadEnd, WriteEnd) {
    let ring = Ring { bytes: Box::default(), start: 0, length: 0, readers: true, writers: true };
    let pipe = Arc::new(Pipe {
        ring: Mutex::new(ring),
        readable: Condvar::new(),
        writable: Condvar::new(),
        made: now,
    });
    (ReadEnd(Arc::clone(&pipe)), WriteEnd(pipe))
}

impl Pipe {
    fn status(&self) -> FileAttributes {
        FileAttributes {
            mode: 0o010_600,
            links: 1,
            access_time: self.made,
            modification_time: self.made,
            change_time: self.made,
            birth_time: self.made,
            size: self.ring.lock().length as u64,
            block_size: ATOMIC as u32,
            ..FileAttributes::default()
        }
    }

    fn control(&self, lwp: &crate::sched::Lwp, command: u64, data: UserAddress) -> Result<i64> {
        match command {
            READABLE_BYTES => {
                let length = self.ring.lock().length as i32;
                lwp.process.space.write(length, data).map(|()| 0)
            }
            // The descriptor layer has taken the status over; the object has nothing to add.
            SET_NONBLOCK | SET_ASYNC => Ok(0),
            _ => Err(Errno::ENOTTY),
        }
    }
}

impl FileObject for ReadEnd {
    fn read(&self, uio: &mut Uio<'_>, status: FileStatus) -> Result<()> {
        let pipe = &self.0;
        let mut ring = pipe.ring.lock();
        while ring.length == 0 && uio.residual() > 0 {
            if !ring.writers {
                return Ok(());
            }
            if status.contains(FileStatus::NONBLOCK) {
                return Err(Errno::EAGAIN);
            }
            pipe.readable.wait(&mut ring);
        }
        ring.take(uio)?;
        drop(ring);
        pipe.writable.notify_all();
        Ok(())
    }

    fn write(&self, _uio: &mut Uio<'_>, _status: FileStatus) -> Result<()> {
        Err(Errno::EBADF)
    }

    fn status(&self) -> Result<FileAttributes> {
        Ok(self.0.status())
    }

    fn control(&self, lwp: &crate::sched::Lwp, command: u64, data: UserAddress) -> Result<i64> {
        self.0.control(lwp, command, data)
    }

    fn close(&self, _status: FileStatus) -> Result<()> {
        self.0.ring.lock().readers = false;
        self.0.writable.notify_all();
        Ok(())
    }
}

impl FileObject for WriteEnd {
    fn read(&self, _uio: &mut Uio<'_>, _status: FileStatus) -> Result<()> {
        Err(Errno::EBADF)
    }

    fn write(&self, uio: &mut Uio<'_>, status: FileStatus) -> Result<()> {
        let pipe = &self.0;
        let total = uio.residual();
        let mut ring = pipe.ring.lock();
        while uio.residual() > 0 {
            if !ring.readers {
                return Err(Errno::EPIPE);
            }
            let room = CAPACITY - ring.length;
            let fits = if total <= ATOMIC { room >= uio.residual() } else { room > 0 };
            if fits {
                ring.put(uio)?;
                pipe.readable.notify_all();
            } else if !status.contains(FileStatus::NONBLOCK) {
                pipe.writable.wait(&mut ring);
            } else if uio.residual() < total {
                return Ok(());
            } else {
                return Err(Errno::EAGAIN);
            }
        }
        Ok(())
    }

    fn status(&self) -> Result<FileAttributes> {
        Ok(self.0.status())
    }

    fn control(&self, lwp: &crate::sched::Lwp, command: u64, data: UserAddress) -> Result<i64> {
        self.0.control(lwp, command, data)
    }

    fn close(&self, _status: FileStatus) -> Result<()> {
        self.0.ring.lock().writers = false;
        self.0.readable.notify_all();
        Ok(())
    }
}
