//! Pipes (pipe(2)): a ring in the kernel between two open files.

use crate::errno::{Errno, Result};
use crate::file::{FileAttributes, FileObject, FileStatus};
use crate::memory;
use crate::sched::Lwp;
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

/// `FIONREAD`.
const READABLE_BYTES: u64 = 0x4004_667f;

struct Ring {
    bytes: Box<[u8]>,
    start: usize,
    length: usize,
    readers: u32,
    writers: u32,
    /// How often each side was ever opened: who waits for a peer may miss a short visit otherwise.
    readers_ever: u64,
    writers_ever: u64,
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

/// Which side of a pipe somebody is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Who reads.
    Reader,
    /// Who writes.
    Writer,
}

/// A stream of bytes between readers and writers; pipes and fifos are made of it.
pub struct Pipe {
    ring: Mutex<Ring>,
    readable: Condvar,
    writable: Condvar,
    opened: Condvar,
    made: Timespec,
}

impl Pipe {
    /// An empty pipe with nobody at it.
    #[must_use]
    pub fn new(now: Timespec) -> Self {
        let ring = Ring {
            bytes: Box::default(),
            start: 0,
            length: 0,
            readers: 0,
            writers: 0,
            readers_ever: 0,
            writers_ever: 0,
        };
        Self {
            ring: Mutex::new(ring),
            readable: Condvar::new(),
            writable: Condvar::new(),
            opened: Condvar::new(),
            made: now,
        }
    }

    /// Comes to one side.
    pub fn attach(&self, side: Side) {
        let mut ring = self.ring.lock();
        match side {
            Side::Reader => {
                ring.readers += 1;
                ring.readers_ever += 1;
            }
            Side::Writer => {
                ring.writers += 1;
                ring.writers_ever += 1;
            }
        }
        drop(ring);
        self.opened.notify_all();
    }

    /// Leaves one side. When nobody is left at all, what was not read is gone.
    pub fn detach(&self, side: Side) {
        let mut ring = self.ring.lock();
        match side {
            Side::Reader => ring.readers = ring.readers.saturating_sub(1),
            Side::Writer => ring.writers = ring.writers.saturating_sub(1),
        }
        if ring.readers == 0 && ring.writers == 0 {
            ring.length = 0;
            ring.start = 0;
        }
        drop(ring);
        self.readable.notify_all();
        self.writable.notify_all();
    }

    /// Whether anybody is on that side.
    pub fn has(&self, side: Side) -> bool {
        let ring = self.ring.lock();
        match side {
            Side::Reader => ring.readers > 0,
            Side::Writer => ring.writers > 0,
        }
    }

    /// Waits until somebody is, or has been, on that side.
    pub fn wait_for(&self, side: Side) {
        let mut ring = self.ring.lock();
        let seen = |ring: &Ring| match side {
            Side::Reader => (ring.readers, ring.readers_ever),
            Side::Writer => (ring.writers, ring.writers_ever),
        };
        let (_, before) = seen(&ring);
        loop {
            let (now, ever) = seen(&ring);
            if now > 0 || ever != before {
                return;
            }
            self.opened.wait(&mut ring);
        }
    }

    /// Reads what is there; waits for something unless `nonblock`.
    ///
    /// # Errors
    /// `EAGAIN` with `nonblock`; `EFAULT`.
    pub fn read(&self, uio: &mut Uio<'_>, nonblock: bool) -> Result<()> {
        let mut ring = self.ring.lock();
        while ring.length == 0 && uio.residual() > 0 {
            if ring.writers == 0 {
                return Ok(());
            }
            if nonblock {
                return Err(Errno::EAGAIN);
            }
            self.readable.wait(&mut ring);
        }
        ring.take(uio)?;
        drop(ring);
        self.writable.notify_all();
        Ok(())
    }

    /// Writes everything; waits for room unless `nonblock`.
    ///
    /// # Errors
    /// `EPIPE` when nobody reads; `EAGAIN` with `nonblock` when nothing fits; `EFAULT`.
    pub fn write(&self, uio: &mut Uio<'_>, nonblock: bool) -> Result<()> {
        let total = uio.residual();
        let mut ring = self.ring.lock();
        while uio.residual() > 0 {
            if ring.readers == 0 {
                return Err(Errno::EPIPE);
            }
            let room = CAPACITY - ring.length;
            let fits = if total <= ATOMIC { room >= uio.residual() } else { room > 0 };
            if fits {
                ring.put(uio)?;
                self.readable.notify_all();
            } else if !nonblock {
                self.writable.wait(&mut ring);
            } else if uio.residual() < total {
                return Ok(());
            } else {
                return Err(Errno::EAGAIN);
            }
        }
        Ok(())
    }

    /// Bytes that can be read now.
    pub fn length(&self) -> usize {
        self.ring.lock().length
    }

    /// The ioctls that every pipe knows.
    ///
    /// # Errors
    /// `ENOTTY` for others; `EFAULT`.
    pub fn control(&self, lwp: &Lwp, command: u64, data: UserAddress) -> Result<i64> {
        match command {
            READABLE_BYTES => lwp.process.space.write(self.length() as i32, data).map(|()| 0),
            _ => Err(Errno::ENOTTY),
        }
    }
}

/// One end of a pipe from pipe(2).
struct PipeEnd {
    pipe: Arc<Pipe>,
    side: Side,
}

/// Makes a pipe: the end to read from and the end to write to.
#[must_use]
pub fn pair(now: Timespec) -> (Box<dyn FileObject>, Box<dyn FileObject>) {
    let pipe = Arc::new(Pipe::new(now));
    pipe.attach(Side::Reader);
    pipe.attach(Side::Writer);
    let reader = PipeEnd { pipe: Arc::clone(&pipe), side: Side::Reader };
    (Box::new(reader), Box::new(PipeEnd { pipe, side: Side::Writer }))
}

impl FileObject for PipeEnd {
    fn read(&self, uio: &mut Uio<'_>, status: FileStatus) -> Result<()> {
        self.pipe.read(uio, status.contains(FileStatus::NONBLOCK))
    }

    fn write(&self, uio: &mut Uio<'_>, status: FileStatus) -> Result<()> {
        self.pipe.write(uio, status.contains(FileStatus::NONBLOCK))
    }

    fn status(&self) -> Result<FileAttributes> {
        let made = self.pipe.made;
        Ok(FileAttributes {
            mode: 0o010_600,
            links: 1,
            access_time: made,
            modification_time: made,
            change_time: made,
            birth_time: made,
            size: self.pipe.length() as u64,
            block_size: ATOMIC as u32,
            ..FileAttributes::default()
        })
    }

    fn control(&self, lwp: &Lwp, command: u64, data: UserAddress) -> Result<i64> {
        self.pipe.control(lwp, command, data)
    }

    fn close(&self, _status: FileStatus) -> Result<()> {
        self.pipe.detach(self.side);
        Ok(())
    }
}
