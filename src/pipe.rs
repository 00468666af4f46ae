//! Pipes (pipe(2)): a queue of buffers in the kernel between two open files.

use crate::errno::{Errno, Result};
use crate::file::{FileAttributes, FileObject, FileStatus};
use crate::memory;
use crate::sched::Lwp;
use crate::sync::{Condvar, Mutex, MutexGuard};
use crate::time::Timespec;
use crate::uio::Uio;
use crate::user_memory::UserAddress;
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Bytes that a pipe holds.
pub const CAPACITY: usize = 128 * 1024;
/// Bytes in one buffer of a pipe.
const PIECE: usize = 16 * 1024;
/// From so many bytes on, copying outside of the lock is worth while.
const LARGE: usize = 8 * 1024;
/// Writes of up to this many bytes are not interleaved with others (`PIPE_BUF`).
pub const ATOMIC: usize = 512;

/// `FIONREAD`.
const READABLE_BYTES: u64 = 0x4004_667f;

/// A part of what is in the pipe.
struct Piece {
    bytes: Box<[u8]>,
    start: usize,
    end: usize,
}

#[derive(Default)]
struct Stream {
    pieces: VecDeque<Piece>,
    /// Buffers that were read empty, for the next writes.
    spare: Vec<Box<[u8]>>,
    /// Bytes in `pieces`, and those that a writer is copying right now.
    length: usize,
    readers: u32,
    writers: u32,
    /// How often each side was ever opened: who waits for a peer may miss a short visit otherwise.
    readers_ever: u64,
    writers_ever: u64,
    /// Writers that are copying outside of the lock: the end of the stream is not reached yet.
    filling: u32,
}

impl Stream {
    fn buffer(&mut self) -> Result<Box<[u8]>> {
        match self.spare.pop() {
            Some(bytes) => Ok(bytes),
            None => memory::zeroed(PIECE),
        }
    }

    fn recycle(&mut self, bytes: Box<[u8]>) {
        if self.spare.len() < CAPACITY / PIECE && self.spare.try_reserve(1).is_ok() {
            self.spare.push(bytes);
        }
    }

    /// Copies a small write behind what is there.
    fn append(&mut self, uio: &mut Uio<'_>) -> Result<()> {
        while self.length < CAPACITY && uio.residual() > 0 {
            if self.pieces.back().is_none_or(|piece| piece.end == PIECE) {
                let bytes = self.buffer()?;
                self.pieces.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
                self.pieces.push_back(Piece { bytes, start: 0, end: 0 });
            }
            let Some(piece) = self.pieces.back_mut() else { return Ok(()) };
            let room = (PIECE - piece.end).min(CAPACITY - self.length);
            let moved = uio.copy_in(&mut piece.bytes[piece.end..piece.end + room])?;
            piece.end += moved;
            self.length += moved;
        }
        Ok(())
    }

    /// Copies from the first piece, which stays for the rest.
    fn take_part(&mut self, uio: &mut Uio<'_>) -> Result<()> {
        if let Some(piece) = self.pieces.front_mut() {
            let moved = uio.copy_out(&piece.bytes[piece.start..piece.end])?;
            piece.start += moved;
            self.length = self.length.saturating_sub(moved);
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
    stream: Mutex<Stream>,
    readable: Condvar,
    writable: Condvar,
    opened: Condvar,
    made: Timespec,
}

impl Pipe {
    /// An empty pipe with nobody at it.
    #[must_use]
    pub fn new(now: Timespec) -> Self {
        Self {
            stream: Mutex::default(),
            readable: Condvar::new(),
            writable: Condvar::new(),
            opened: Condvar::new(),
            made: now,
        }
    }

    /// Comes to one side.
    pub fn attach(&self, side: Side) {
        let mut stream = self.stream.lock();
        match side {
            Side::Reader => {
                stream.readers += 1;
                stream.readers_ever += 1;
            }
            Side::Writer => {
                stream.writers += 1;
                stream.writers_ever += 1;
            }
        }
        drop(stream);
        self.opened.notify_all();
    }

    /// Leaves one side. When nobody is left at all, what was not read is gone.
    pub fn detach(&self, side: Side) {
        let mut stream = self.stream.lock();
        match side {
            Side::Reader => stream.readers = stream.readers.saturating_sub(1),
            Side::Writer => stream.writers = stream.writers.saturating_sub(1),
        }
        if stream.readers == 0 && stream.writers == 0 {
            stream.length = 0;
            stream.pieces.clear();
        }
        drop(stream);
        self.readable.notify_all();
        self.writable.notify_all();
    }

    /// Whether anybody is on that side.
    pub fn has(&self, side: Side) -> bool {
        let stream = self.stream.lock();
        match side {
            Side::Reader => stream.readers > 0,
            Side::Writer => stream.writers > 0,
        }
    }

    /// Waits until somebody is, or has been, on that side.
    ///
    /// # Errors
    /// `EINTR`.
    pub fn wait_for(&self, side: Side) -> Result<()> {
        let mut stream = self.stream.lock();
        let seen = |stream: &Stream| match side {
            Side::Reader => (stream.readers, stream.readers_ever),
            Side::Writer => (stream.writers, stream.writers_ever),
        };
        let (_, before) = seen(&stream);
        loop {
            let (now, ever) = seen(&stream);
            if now > 0 || ever != before {
                return Ok(());
            }
            self.opened.wait_interruptibly(&mut stream, None)?;
        }
    }

    /// Reads what is there; waits for something unless `nonblock`.
    ///
    /// # Errors
    /// `EAGAIN` with `nonblock`; `EINTR`; `EFAULT`.
    pub fn read(&self, uio: &mut Uio<'_>, nonblock: bool) -> Result<()> {
        let mut stream = self.stream.lock();
        while stream.pieces.is_empty() && uio.residual() > 0 {
            if stream.writers == 0 && stream.filling == 0 {
                return Ok(());
            }
            if nonblock {
                return Err(Errno::EAGAIN);
            }
            self.readable.wait_interruptibly(&mut stream, None)?;
        }
        while uio.residual() > 0 {
            let Some(first) = stream.pieces.front() else { break };
            let length = first.end - first.start;
            if length > uio.residual() || length < LARGE {
                stream.take_part(uio)?;
            } else if let Some(piece) = stream.pieces.pop_front() {
                // A large piece is copied outside of the lock, while writers go on.
                drop(stream);
                let copied = uio.copy_out(&piece.bytes[piece.start..piece.end]);
                stream = self.stream.lock();
                stream.length = stream.length.saturating_sub(length);
                stream.recycle(piece.bytes);
                copied?;
                self.writable.notify_all();
                continue;
            }
            if stream.pieces.front().is_some_and(|piece| piece.start == piece.end)
                && let Some(piece) = stream.pieces.pop_front()
            {
                stream.recycle(piece.bytes);
            }
        }
        drop(stream);
        self.writable.notify_all();
        Ok(())
    }

    /// Writes everything; waits for room unless `nonblock`.
    ///
    /// # Errors
    /// `EPIPE` when nobody reads; `EAGAIN` with `nonblock` when nothing fits; `EINTR`; `EFAULT`.
    pub fn write(&self, uio: &mut Uio<'_>, nonblock: bool) -> Result<()> {
        let total = uio.residual();
        let mut stream = self.stream.lock();
        while uio.residual() > 0 {
            if stream.readers == 0 {
                return Err(Errno::EPIPE);
            }
            let room = CAPACITY - stream.length;
            let fits = if total <= ATOMIC { room >= uio.residual() } else { room > 0 };
            if fits && uio.residual() >= LARGE && room >= PIECE {
                let bytes = stream.buffer()?;
                stream = self.fill(stream, bytes, uio)?;
                self.readable.notify_all();
            } else if fits {
                stream.append(uio)?;
                self.readable.notify_all();
            } else if !nonblock {
                self.writable.wait_interruptibly(&mut stream, None)?;
            } else if uio.residual() < total {
                return Ok(());
            } else {
                return Err(Errno::EAGAIN);
            }
        }
        Ok(())
    }

    /// Copies a large piece outside of the lock, while readers go on, and puts it behind what is there.
    fn fill<'a>(
        &'a self,
        mut stream: MutexGuard<'a, Stream>,
        mut bytes: Box<[u8]>,
        uio: &mut Uio<'_>,
    ) -> Result<MutexGuard<'a, Stream>> {
        stream.pieces.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
        stream.length += PIECE;
        stream.filling += 1;
        drop(stream);
        let copied = uio.copy_in(&mut bytes);
        let mut stream = self.stream.lock();
        let end = *copied.as_ref().unwrap_or(&0);
        stream.filling -= 1;
        stream.length = stream.length.saturating_sub(PIECE - end);
        if end > 0 {
            stream.pieces.push_back(Piece { bytes, start: 0, end });
        } else {
            stream.recycle(bytes);
        }
        copied.map(|_| stream)
    }

    /// Bytes that can be read now.
    pub fn length(&self) -> usize {
        self.stream.lock().pieces.iter().map(|piece| piece.end - piece.start).sum()
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
