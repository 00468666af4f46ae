//! Devices and fifos that C programs open, use and close through their vnodes, without a descriptor (`VOP_OPEN` and others).

use crate::attributes::VnodeKind;
use crate::stream::Stream;
use crate::vnode::{IoFlags, Vnode, VnodeRef};
use alloc::sync::{Arc, Weak};
use rump::errno::{Errno, Result};
use rump::file::FileStatus;
use rump::poll::{Events, FileFilter, Listener, Reading, Registration};
use rump::sched::Lwp;
use rump::uio::Uio;
use rump::user_memory::UserAddress;

/// What a C program has opened through a vnode, as somebody watches it. It does not keep it open.
pub struct HandleWatch {
    vnode: Weak<Vnode>,
    stream: Weak<Stream>,
}

impl HandleWatch {
    /// Enters who is to be told of `interest`.
    ///
    /// # Errors
    /// `ENXIO` once it has been closed; `ENOMEM`.
    pub fn register(&self, listener: Arc<dyn Listener>, interest: Events) -> Result<Registration> {
        let (vnode, stream) = self.open()?;
        stream.listeners(&vnode).point().register(listener, 0, interest)
    }

    /// What a filter of kqueue(2) finds.
    ///
    /// # Errors
    /// `ENXIO` once it has been closed; what the device says.
    pub fn filter(&self, filter: FileFilter) -> Result<Reading> {
        self.open()?.1.filter(filter)
    }

    fn open(&self) -> Result<(Arc<Vnode>, Arc<Stream>)> {
        self.vnode.upgrade().zip(self.stream.upgrade()).ok_or(Errno::ENXIO)
    }
}

impl VnodeRef {
    fn is_special(&self) -> bool {
        matches!(self.kind, VnodeKind::Fifo | VnodeKind::Character | VnodeKind::Block)
    }

    /// Opens a device or fifo, which stays open until [`close_handle`](Self::close_handle); other files need nothing.
    ///
    /// # Errors
    /// `ENXIO` for a device without a driver, or a fifo that nobody reads; `EROFS`; `EOPNOTSUPP` for sockets; `EINTR`.
    pub fn open_handle(&self, status: FileStatus) -> Result<()> {
        if self.kind == VnodeKind::Socket {
            return Err(Errno::EOPNOTSUPP);
        }
        if !self.is_special() {
            return Ok(());
        }
        self.without_lock(|| self.special.open_handle(self, status))
    }

    /// Runs what may wait for the other side of a fifo: the vnode's lock is given up meanwhile, as who comes there needs it.
    fn without_lock<R>(&self, operation: impl FnOnce() -> Result<R>) -> Result<R> {
        let mode = self.handle_lock.mode().filter(|_| self.kind == VnodeKind::Fifo);
        if mode.is_some() {
            self.handle_lock.unlock();
        }
        let result = operation();
        if let Some(mode) = mode {
            self.handle_lock.lock(mode, true)?;
        }
        result
    }

    /// Closes what was opened with that status.
    pub fn close_handle(&self, status: FileStatus) {
        self.special.close_handle(status);
    }

    /// Reads from a device or fifo, opened for the call if it is not open.
    ///
    /// # Errors
    /// As read(2).
    pub fn read_handle(&self, uio: &mut Uio<'_>, status: FileStatus) -> Result<()> {
        let whole = status | FileStatus::READ;
        let stream = self.special.stream(self, FileStatus::READ, whole | FileStatus::NONBLOCK)?;
        self.without_lock(|| stream.read(self, uio, whole, IoFlags::empty()))
    }

    /// Writes to a device or fifo, opened for the call if it is not open.
    ///
    /// # Errors
    /// As write(2).
    pub fn write_handle(&self, uio: &mut Uio<'_>, status: FileStatus) -> Result<()> {
        let whole = status | FileStatus::WRITE;
        let stream = self.special.stream(self, FileStatus::WRITE, whole | FileStatus::NONBLOCK)?;
        self.without_lock(|| stream.write(self, uio, whole))
    }

    /// ioctl(2) on a device or fifo, opened for the call if it is not open.
    ///
    /// # Errors
    /// `ENOTTY` for what it does not know, and for all other kinds of files.
    pub fn control_handle(
        &self,
        lwp: &Lwp,
        status: FileStatus,
        command: u64,
        data: UserAddress,
    ) -> Result<i64> {
        if !self.is_special() {
            return Err(Errno::ENOTTY);
        }
        self.special.stream(self, status, status | FileStatus::NONBLOCK)?.control(lwp, command, data)
    }

    /// Which events of poll(2) hold; all that a file without anything behind it is asked for.
    #[must_use]
    pub fn poll_handle(&self, events: Events) -> Events {
        if !self.is_special() {
            return events & Events::ALWAYS;
        }
        let status = FileStatus::READ | FileStatus::WRITE | FileStatus::NONBLOCK;
        let opened = |needed| self.special.stream(self, needed, status);
        // A fifo's sides are opened one by one: each says what concerns it.
        let readable = opened(FileStatus::READ).map(|stream| stream.poll(events & !Events::OUT));
        let writable = opened(FileStatus::WRITE).map(|stream| stream.poll(events & !Events::READABLE));
        match (readable, writable) {
            (Err(_), Err(_)) => events & Events::ERROR,
            (readable, writable) => readable.unwrap_or_default() | writable.unwrap_or_default(),
        }
    }

    /// What has been opened through the vnode for the direction that a filter looks at.
    ///
    /// # Errors
    /// `ENXIO` when nothing has.
    pub fn watch_handle(&self, filter: FileFilter) -> Result<HandleWatch> {
        let needed = if filter == FileFilter::Write { FileStatus::WRITE } else { FileStatus::READ };
        let stream = self.special.opened(needed).ok_or(Errno::ENXIO)?;
        Ok(HandleWatch { vnode: Arc::downgrade(self.vnode()), stream: Arc::downgrade(&stream) })
    }

    /// The size of a block device, and what transfers must be multiples of, in bytes; opened for the question if it is not open.
    ///
    /// # Errors
    /// `ENXIO` when there is none; `EROFS` and `EPERM` when it may not be opened for `needed`; `EOPNOTSUPP` for other files.
    pub fn device_size(&self, needed: FileStatus) -> Result<(u64, u32)> {
        if self.kind != VnodeKind::Block {
            return Err(Errno::EOPNOTSUPP);
        }
        let stream = self.special.stream(self, needed, needed)?;
        let Stream::Block(device) = &*stream else { return Err(Errno::EOPNOTSUPP) };
        Ok((device.present_size()?, device.sector_size()))
    }
}
