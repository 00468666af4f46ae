//! Fifos: a pipe that is found by name (mkfifo(2)).

use crate::vnode::VnodeRef;
use alloc::sync::Arc;
use rump::errno::{Errno, Result};
use rump::file::FileStatus;
use rump::pipe::{Pipe, Side};
use rump::poll::{Events, FileFilter, Reading};
use rump::sched::Lwp;
use rump::user_memory::UserAddress;

/// An open fifo: which sides of its pipe this open file is on.
pub struct FifoEnd {
    pub pipe: Arc<Pipe>,
    reads: bool,
    writes: bool,
}

impl FifoEnd {
    /// Opens the fifo, waiting for the other side unless `NONBLOCK`.
    ///
    /// # Errors
    /// `ENXIO` for a non-blocking open for writing when nobody reads; `EINTR`.
    pub fn open(vnode: &VnodeRef, status: FileStatus) -> Result<Self> {
        // Made before the spin lock is taken: the clock and memory are the host's, which may let others run meanwhile.
        let made = Arc::new(Pipe::new(vnode.mount.now()));
        let pipe = Arc::clone(vnode.special.fifo.lock().get_or_insert_with(|| Arc::clone(&made)));
        drop(made);
        let reads = status.contains(FileStatus::READ);
        let writes = status.contains(FileStatus::WRITE);
        let nonblock = status.contains(FileStatus::NONBLOCK);
        if writes && !reads && nonblock && !pipe.has(Side::Reader) {
            return Err(Errno::ENXIO);
        }
        // From here on, dropping `end` undoes what has been done.
        let end = Self { pipe, reads, writes };
        let left_by_writers = reads.then(|| end.pipe.attach(Side::Reader));
        let left_by_readers = writes.then(|| end.pipe.attach(Side::Writer));
        match (left_by_writers, left_by_readers) {
            _ if nonblock => {}
            (Some(left), None) => end.pipe.wait_for(Side::Writer, left)?,
            (None, Some(left)) => end.pipe.wait_for(Side::Reader, left)?,
            _ => {}
        }
        Ok(end)
    }

    /// The sides that this open file is on.
    fn sides(&self) -> impl Iterator<Item = Side> {
        let readers = self.reads.then_some(Side::Reader);
        readers.into_iter().chain(self.writes.then_some(Side::Writer))
    }

    /// Which of `events` hold.
    pub fn poll(&self, events: Events) -> Events {
        self.sides().fold(Events::empty(), |found, side| found | self.pipe.poll(side, events))
    }

    /// What a filter of kqueue(2) finds.
    ///
    /// # Errors
    /// As [`Pipe::filter`].
    pub fn filter(&self, filter: FileFilter) -> Result<Reading> {
        let wanted = if filter == FileFilter::Write { Side::Writer } else { Side::Reader };
        let side = self.sides().find(|&side| side == wanted).or_else(|| self.sides().next());
        self.pipe.filter(side.unwrap_or(wanted), filter)
    }

    /// ioctl(2). Errors: as [`Pipe::control`].
    pub fn control(&self, lwp: &Lwp, command: u64, data: UserAddress) -> Result<i64> {
        const READABLE_BYTES: u64 = 0x4004_667f;
        let reads = self.reads && (command == READABLE_BYTES || !self.writes);
        self.pipe.control(if reads { Side::Reader } else { Side::Writer }, lwp, command, data)
    }
}

impl Drop for FifoEnd {
    fn drop(&mut self) {
        if self.reads {
            self.pipe.detach(Side::Reader);
        }
        if self.writes {
            self.pipe.detach(Side::Writer);
        }
    }
}
