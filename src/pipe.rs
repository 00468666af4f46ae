//! Pipes (pipe(2)): a queue of buffers in the kernel between two open files.

use crate::errno::{Errno, Result};
use crate::file::{FileAttributes, FileKind, FileObject, FileStatus, OpenFile};
use crate::memory;
use crate::poll::{Events, FileFilter, Listeners, Notice, Reading};
use crate::sched::{self, Lwp};
use crate::sync::{Condvar, Mutex, MutexGuard};
use crate::time::Timespec;
use crate::uio::Uio;
use crate::user_memory::UserAddress;
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Bytes that a pipe holds.
pub const CAPACITY: usize = 256 * 1024;
/// Bytes in one buffer of a pipe.
const PIECE: usize = 16 * 1024;
/// Bytes in one buffer for those who write so much at once: fewer turns between writer and reader.
const LARGE_PIECE: usize = 64 * 1024;
/// Bytes that a pipe keeps in buffers for the next writes.
const MOST_SPARE: usize = 192 * 1024;
/// From so many bytes on, copying outside of the lock is worth while.
const LARGE: usize = 8 * 1024;
/// Writes of up to this many bytes are not interleaved with others (`PIPE_BUF`).
pub const ATOMIC: usize = 512;

mod request {
    /// `FIONREAD`: bytes that can be read.
    pub const READABLE_BYTES: u64 = 0x4004_667f;
    /// `FIONWRITE`: bytes written that nobody has read yet.
    pub const WRITTEN_BYTES: u64 = 0x4004_6679;
    /// `FIONSPACE`: bytes that can be written without waiting.
    pub const ROOM: u64 = 0x4004_6678;
}

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
    /// How often each side was opened since the pipe was unused: who waits for a peer may miss a short visit otherwise.
    readers_ever: u64,
    writers_ever: u64,
    /// Writers that are copying outside of the lock: the end of the stream is not reached yet.
    filling: u32,
    /// It has been taken away from both sides.
    is_shut: bool,
}

impl Stream {
    /// A buffer of `length` bytes.
    fn buffer(&mut self, length: usize) -> Result<Box<[u8]>> {
        match self.spare.iter().rposition(|bytes| bytes.len() == length) {
            Some(index) => Ok(self.spare.swap_remove(index)),
            None => memory::zeroed(length),
        }
    }

    fn recycle(&mut self, bytes: Box<[u8]>) {
        let kept: usize = self.spare.iter().map(|bytes| bytes.len()).sum();
        if kept + bytes.len() <= MOST_SPARE && self.spare.try_reserve(1).is_ok() {
            self.spare.push(bytes);
        }
    }

    /// Copies a small write behind what is there.
    fn append(&mut self, uio: &mut Uio<'_>) -> Result<()> {
        while self.length < CAPACITY && uio.residual() > 0 {
            if self.pieces.back().is_none_or(|piece| piece.end == piece.bytes.len()) {
                let bytes = self.buffer(PIECE)?;
                self.pieces.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
                self.pieces.push_back(Piece { bytes, start: 0, end: 0 });
            }
            let Some(piece) = self.pieces.back_mut() else { return Ok(()) };
            let room = (piece.bytes.len() - piece.end).min(CAPACITY - self.length);
            let moved = uio.copy_in(&mut piece.bytes[piece.end..piece.end + room])?;
            piece.end += moved;
            self.length += moved;
        }
        Ok(())
    }

    /// Copies from the first piece, which stays if there is more in it.
    fn take_part(&mut self, uio: &mut Uio<'_>) -> Result<()> {
        let Some(piece) = self.pieces.front_mut() else { return Ok(()) };
        let moved = uio.copy_out(&piece.bytes[piece.start..piece.end])?;
        piece.start += moved;
        self.length = self.length.saturating_sub(moved);
        if piece.start == piece.end
            && let Some(piece) = self.pieces.pop_front()
        {
            self.recycle(piece.bytes);
        }
        Ok(())
    }
}

impl Stream {
    /// Bytes that can be read now; less than `length` while writers are copying.
    fn readable(&self) -> usize {
        self.pieces.iter().map(|piece| piece.end - piece.start).sum()
    }

    /// Whether whoever wrote has gone. A fifo that nobody has written to yet is not at its end for who polls it.
    fn is_at_end(&self) -> bool {
        self.is_shut || self.writers == 0 && self.filling == 0 && self.writers_ever > 0
    }

    fn room(&self) -> usize {
        CAPACITY.saturating_sub(self.length)
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
    /// Those who poll either side.
    listeners: Listeners,
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
            listeners: Listeners::new(),
            made: now,
        }
    }

    /// Comes to one side. Gives how many have been on the other side and left it, for [`wait_for`](Self::wait_for).
    pub fn attach(&self, side: Side) -> u64 {
        let mut stream = self.stream.lock();
        let left = match side {
            Side::Reader => {
                stream.readers += 1;
                stream.readers_ever += 1;
                stream.writers_ever - u64::from(stream.writers)
            }
            Side::Writer => {
                stream.writers += 1;
                stream.writers_ever += 1;
                stream.readers_ever - u64::from(stream.readers)
            }
        };
        drop(stream);
        self.opened.notify_all();
        left
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
            (stream.readers_ever, stream.writers_ever) = (0, 0);
        }
        let is_broken = stream.readers == 0 || stream.writers == 0;
        drop(stream);
        self.readable.notify_all();
        self.writable.notify_all();
        if is_broken {
            self.listeners.notify(&Notice::of(Events::POLLABLE));
        }
    }

    /// There is something to read. Not under the stream's lock, as [`wake_writers`](Self::wake_writers): who listens may have the
    /// host run a program's handler (`SIGIO`), which may use the pipe.
    fn wake_readers(&self) {
        self.readable.notify_all();
        self.listeners.notify(&Notice::of(Events::READABLE));
    }

    /// There is room.
    fn wake_writers(&self) {
        self.writable.notify_all();
        self.listeners.notify(&Notice::of(Events::OUT));
    }

    /// Takes the pipe away from those who have it: what is in it is lost, readers find the end, writers nobody who reads.
    pub fn shut(&self) {
        let mut stream = self.stream.lock();
        stream.is_shut = true;
        stream.length = 0;
        stream.pieces.clear();
        drop(stream);
        self.readable.notify_all();
        self.writable.notify_all();
        self.opened.notify_all();
        self.listeners.notify(&Notice::of(Events::POLLABLE));
    }

    /// Whether anybody is on that side.
    pub fn has(&self, side: Side) -> bool {
        let stream = self.stream.lock();
        match side {
            Side::Reader => stream.readers > 0,
            Side::Writer => stream.writers > 0,
        }
    }

    /// Waits until somebody is on that side, or has been since [`attach`](Self::attach) to the other gave `left`: who was
    /// waiting for us may have come, and gone again, before we get here.
    ///
    /// # Errors
    /// `ENXIO` when the pipe is shut meanwhile; `EINTR`.
    pub fn wait_for(&self, side: Side, left: u64) -> Result<()> {
        let mut stream = self.stream.lock();
        loop {
            if stream.is_shut {
                return Err(Errno::ENXIO);
            }
            let ever = match side {
                Side::Reader => stream.readers_ever,
                Side::Writer => stream.writers_ever,
            };
            if ever > left {
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
            if stream.is_shut || stream.writers == 0 && stream.filling == 0 {
                return Ok(());
            }
            if nonblock {
                return Err(Errno::EAGAIN);
            }
            self.readable.wait_interruptibly(&mut stream, None)?;
        }
        let taken = self.take(stream, uio);
        self.wake_writers();
        taken
    }

    /// Copies what is there, as much as is wanted.
    fn take<'a>(&'a self, mut stream: MutexGuard<'a, Stream>, uio: &mut Uio<'_>) -> Result<()> {
        while uio.residual() > 0 {
            let Some(first) = stream.pieces.front() else { break };
            let length = first.end - first.start;
            if length > uio.residual() || length < LARGE {
                stream.take_part(uio)?;
            } else if let Some(piece) = stream.pieces.pop_front() {
                drop(stream);
                self.take_large(piece, uio)?;
                stream = self.stream.lock();
            }
        }
        Ok(())
    }

    /// Copies a large piece, which is no longer in the pipe, outside of the lock, while writers go on.
    fn take_large(&self, piece: Piece, uio: &mut Uio<'_>) -> Result<()> {
        let copied = sched::blocking(|| uio.copy_out(&piece.bytes[piece.start..piece.end]));
        let mut stream = self.stream.lock();
        stream.length = stream.length.saturating_sub(piece.end - piece.start);
        stream.recycle(piece.bytes);
        drop(stream);
        self.wake_writers();
        copied.map(drop)
    }

    /// Writes everything; waits for room unless `nonblock`.
    ///
    /// # Errors
    /// `EPIPE` when nobody reads; `EAGAIN` with `nonblock` when nothing fits; `EINTR`; `EFAULT`.
    pub fn write(&self, uio: &mut Uio<'_>, nonblock: bool) -> Result<()> {
        let total = uio.residual();
        while uio.residual() > 0 {
            let mut stream = self.stream.lock();
            let Some(room) = self.wait_for_room(&mut stream, uio.residual(), total, nonblock)? else {
                return Ok(());
            };
            let put = if uio.residual() >= LARGE && room >= PIECE {
                self.fill(stream, room, uio)
            } else {
                let put = stream.append(uio);
                drop(stream);
                put
            };
            self.wake_readers();
            put?;
        }
        Ok(())
    }

    /// Waits until there is room for some of a write of `total` bytes, of which `left` are left; says for how many. `None` where
    /// it may not wait and has written some.
    fn wait_for_room(
        &self,
        stream: &mut MutexGuard<'_, Stream>,
        left: usize,
        total: usize,
        nonblock: bool,
    ) -> Result<Option<usize>> {
        loop {
            if stream.readers == 0 || stream.is_shut {
                return Err(Errno::EPIPE);
            }
            let room = stream.room();
            let fits = if total <= ATOMIC { room >= left } else { room > 0 };
            match (fits, nonblock) {
                (true, _) => return Ok(Some(room)),
                (false, true) if left < total => return Ok(None),
                (false, true) => return Err(Errno::EAGAIN),
                (false, false) => drop(self.writable.wait_interruptibly(stream, None)?),
            }
        }
    }

    /// Copies a large piece outside of the lock, while readers go on, and puts it behind what is there.
    fn fill(&self, mut stream: MutexGuard<'_, Stream>, room: usize, uio: &mut Uio<'_>) -> Result<()> {
        let large = uio.residual() >= LARGE_PIECE && room >= LARGE_PIECE;
        let mut bytes = stream.buffer(if large { LARGE_PIECE } else { PIECE })?;
        stream.pieces.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
        let length = bytes.len();
        stream.length += length;
        stream.filling += 1;
        drop(stream);
        let copied = sched::blocking(|| uio.copy_in(&mut bytes));
        let mut stream = self.stream.lock();
        let end = *copied.as_ref().unwrap_or(&0);
        stream.filling -= 1;
        stream.length = stream.length.saturating_sub(length - end);
        if end > 0 {
            stream.pieces.push_back(Piece { bytes, start: 0, end });
        } else {
            stream.recycle(bytes);
        }
        drop(stream);
        if end < length {
            self.wake_writers();
        }
        copied.map(drop)
    }

    /// Bytes that can be read now.
    pub fn length(&self) -> usize {
        self.stream.lock().readable()
    }

    /// Those who poll it.
    pub fn listeners(&self) -> &Listeners {
        &self.listeners
    }

    /// Which of `events` hold for somebody on one side. On the side of the readers there is never room, on the other never
    /// data, until the pipe is broken: then everything holds, as a read or write would not wait.
    pub fn poll(&self, side: Side, events: Events) -> Events {
        let stream = self.stream.lock();
        let (holds, broken) = match side {
            Side::Reader => (stream.readable() > 0, stream.is_at_end()),
            Side::Writer => (stream.room() >= ATOMIC, stream.readers == 0 || stream.is_shut),
        };
        let mut found = Events::empty();
        found.set(Events::READABLE, holds && side == Side::Reader);
        found.set(Events::OUT, holds && side == Side::Writer);
        if broken {
            found.insert(Events::ALWAYS | Events::HANG_UP);
        }
        found & events
    }

    /// What a filter of kqueue(2) finds for somebody on one side.
    ///
    /// # Errors
    /// `EBADF` for `EVFILT_WRITE` on a broken pipe; `EINVAL` for `EVFILT_VNODE`.
    pub fn filter(&self, side: Side, filter: FileFilter) -> Result<Reading> {
        let stream = self.stream.lock();
        let end = match side {
            Side::Reader => stream.is_at_end(),
            Side::Writer => stream.readers == 0 || stream.is_shut,
        };
        let (data, enough) = match (filter, side) {
            (FileFilter::Read, Side::Reader) => (stream.readable(), 1),
            (FileFilter::Write, Side::Writer) if !end => (stream.room(), ATOMIC),
            (FileFilter::Read | FileFilter::Write, _) => (0, 1),
            (FileFilter::Vnode, _) => return Err(Errno::EINVAL),
        };
        Ok(Reading { ready: end || data >= enough, data: data as i64, end })
    }

    /// The ioctls that every pipe knows.
    ///
    /// # Errors
    /// `ENOTTY` for others; `EFAULT`.
    pub fn control(&self, side: Side, lwp: &Lwp, command: u64, data: UserAddress) -> Result<i64> {
        let stream = self.stream.lock();
        let count = match (command, side) {
            (request::READABLE_BYTES, Side::Reader) => stream.readable(),
            (request::WRITTEN_BYTES, Side::Writer) => stream.length,
            (request::ROOM, Side::Writer) => stream.room(),
            (request::READABLE_BYTES | request::WRITTEN_BYTES | request::ROOM, _) => 0,
            _ => return Err(Errno::ENOTTY),
        };
        drop(stream);
        lwp.process.space.write(count as i32, data).map(|()| 0)
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
    fn kind(&self) -> FileKind {
        FileKind::Pipe
    }

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
        self.pipe.control(self.side, lwp, command, data)
    }

    fn poll(&self, events: Events) -> Events {
        self.pipe.poll(self.side, events)
    }

    fn listeners(&self) -> Option<&Listeners> {
        Some(&self.pipe.listeners)
    }

    fn tells_when_ready(&self) -> bool {
        true
    }

    fn filter(&self, _file: &OpenFile, filter: FileFilter) -> Result<Reading> {
        self.pipe.filter(self.side, filter)
    }

    fn close(&self, _status: FileStatus) -> Result<()> {
        self.pipe.detach(self.side);
        Ok(())
    }
}
