//! Open files: what a descriptor points to.

use crate::errno::{Errno, Result};
use crate::poll::{Events, FileFilter, Listeners, Notice, Reading};
use crate::process::Credentials;
use crate::sched::Lwp;
use crate::signal::ReadySignal;
use crate::sync::{Mutex, MutexGuard};
use crate::uio::Uio;
use crate::user_memory::UserAddress;
use alloc::boxed::Box;
use bitflags::bitflags;
use core::any::Any;
use core::sync::atomic::{AtomicU32, Ordering};

bitflags! {
    /// How a file is open (`F*` of fcntl.h).
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct FileStatus: u32 {
        const READ = 0x1;
        const WRITE = 0x2;
        const NONBLOCK = 0x4;
        const APPEND = 0x8;
        const ASYNCHRONOUS = 0x40;
        const SYNCHRONOUS = 0x80;
        const DATA_SYNCHRONOUS = 0x1_0000;
        const READ_SYNCHRONOUS = 0x2_0000;
        const DIRECT = 0x8_0000;
        const NO_SIGPIPE = 0x100_0000;
        /// What `F_SETFL` may change.
        const CHANGEABLE = Self::NONBLOCK.bits() | Self::APPEND.bits() | Self::ASYNCHRONOUS.bits()
            | Self::SYNCHRONOUS.bits() | Self::DATA_SYNCHRONOUS.bits() | Self::READ_SYNCHRONOUS.bits()
            | Self::DIRECT.bits() | Self::NO_SIGPIPE.bits();
    }
}

/// What kind of thing a descriptor stands for (`DTYPE_*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum FileKind {
    Vnode = 1,
    Socket = 2,
    Pipe = 3,
    Queue = 4,
    Other = 5,
    Semaphore = 8,
}

/// The kernel object behind an open file: a vnode, a pipe, a socket.
pub trait FileObject: Any + Send + Sync {
    /// Reads at `uio.offset`. Errors: as read(2).
    fn read(&self, uio: &mut Uio<'_>, status: FileStatus) -> Result<()>;

    /// Writes at `uio.offset`. Errors: as write(2).
    fn write(&self, uio: &mut Uio<'_>, status: FileStatus) -> Result<()>;

    /// What kind of thing it is.
    fn kind(&self) -> FileKind {
        FileKind::Other
    }

    /// Whether offsets mean something; otherwise seeking is `ESPIPE`.
    fn is_seekable(&self) -> bool {
        false
    }

    /// The offset that lies `offset` from the object's end.
    fn end(&self) -> Result<u64> {
        Err(Errno::ESPIPE)
    }

    /// Fills a `struct stat` (the 7.99.34 layout). Errors: `EOPNOTSUPP`.
    fn status(&self) -> Result<FileAttributes>;

    /// ioctl(2). Errors: `ENOTTY` for what it does not know.
    fn control(&self, _lwp: &Lwp, _command: u64, _data: UserAddress) -> Result<i64> {
        Err(Errno::ENOTTY)
    }

    /// `FIONREAD` for what is read at offsets: bytes from `offset` on. Errors: `ENOTTY`.
    fn bytes_behind(&self, _offset: u64) -> Result<i64> {
        Err(Errno::ENOTTY)
    }

    /// fcntl(2) commands that belong to the object: locks. Errors: `EINVAL` for what it does not know.
    fn file_control(&self, _file: &OpenFile, _lwp: &Lwp, _command: i32, _argument: u64) -> Result<i64> {
        Err(Errno::EINVAL)
    }

    /// Which of `events` hold now (poll(2)); always-ready files are the default. See [`poll`](crate::poll) for the rules.
    fn poll(&self, events: Events) -> Events {
        events & Events::ALWAYS
    }

    /// Where those are entered who wait for it; `None` when what holds never changes.
    fn listeners(&self) -> Option<&Listeners> {
        None
    }

    /// Whether it sends `SIGIO` when it becomes ready (`O_ASYNC`): then `listeners` says where that is told, with no lock held
    /// that a system call takes.
    fn tells_when_ready(&self) -> bool {
        false
    }

    /// What a filter of kqueue(2) finds now. `file` is the open file whose object this is.
    /// Errors: `EINVAL` for a filter that it does not know; later looks, where the filter was known once, find nothing then.
    fn filter(&self, _file: &OpenFile, filter: FileFilter) -> Result<Reading> {
        match filter {
            FileFilter::Read | FileFilter::Write => Ok(Reading::of(self.poll(filter.interest()))),
            FileFilter::Vnode => Err(Errno::EINVAL),
        }
    }

    /// Whether a forked process with copies of the descriptors gets one for it.
    fn is_inherited(&self) -> bool {
        true
    }

    /// The same number for all open files of one thing: a file, a pipe.
    fn underlying(&self) -> usize {
        core::ptr::from_ref(self).addr()
    }

    /// fsync(2), or fdatasync(2) with `data_only`. Errors: `EINVAL` for what cannot be made stable.
    fn synchronise(&self, _data_only: bool) -> Result<()> {
        Err(Errno::EINVAL)
    }

    /// A process has closed one of its descriptors for it: its record locks go.
    fn descriptor_closed(&self, _process: i32) {}

    /// The last descriptor went.
    fn close(&self, _status: FileStatus) -> Result<()> {
        Ok(())
    }
}

/// `struct stat` without its layout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileAttributes {
    pub device: u64,
    pub mode: u32,
    pub number: u64,
    pub links: u32,
    pub user: u32,
    pub group: u32,
    pub names_device: u64,
    pub access_time: crate::time::Timespec,
    pub modification_time: crate::time::Timespec,
    pub change_time: crate::time::Timespec,
    pub birth_time: crate::time::Timespec,
    pub size: u64,
    /// Units of 512 bytes.
    pub blocks: u64,
    pub block_size: u32,
    pub flags: u32,
    pub generation: u32,
}

/// An open file: object, offset and status, shared by all descriptors that were duplicated from one.
pub struct OpenFile {
    object: Box<dyn FileObject>,
    status: AtomicU32,
    offset: Mutex<u64>,
    /// Who opened it.
    pub credentials: alloc::sync::Arc<Credentials>,
    /// Who gets `SIGIO` when it is ready.
    pub ready_signal: ReadySignal,
}

impl OpenFile {
    /// Opens `object`.
    #[must_use]
    pub fn new(
        object: Box<dyn FileObject>,
        status: FileStatus,
        credentials: alloc::sync::Arc<Credentials>,
    ) -> Self {
        let status = AtomicU32::new(status.bits());
        Self { object, status, offset: Mutex::new(0), credentials, ready_signal: ReadySignal::default() }
    }

    /// The object.
    #[must_use]
    pub fn object(&self) -> &dyn FileObject {
        &*self.object
    }

    /// The object, if it is a `T`.
    #[must_use]
    pub fn object_as<T: FileObject>(&self) -> Option<&T> {
        let any: &dyn Any = &*self.object;
        any.downcast_ref()
    }

    /// How it is open now.
    #[must_use]
    pub fn status(&self) -> FileStatus {
        FileStatus::from_bits_retain(self.status.load(Ordering::Relaxed))
    }

    /// Changes what `F_SETFL` may change.
    pub fn set_status(&self, new: FileStatus) {
        let kept = self.status().difference(FileStatus::CHANGEABLE);
        self.status.store((kept | new.intersection(FileStatus::CHANGEABLE)).bits(), Ordering::Relaxed);
    }

    /// The offset, locked: reads and writes that use it come one after the other.
    pub fn offset(&self) -> MutexGuard<'_, u64> {
        self.offset.lock()
    }

    /// The offset, unless a transfer that moves it is under way.
    #[must_use]
    pub fn present_offset(&self) -> Option<u64> {
        self.offset.try_lock().map(|offset| *offset)
    }

    /// Reads at the file's own offset, which moves on.
    ///
    /// # Errors
    /// `EBADF` when it is not open for reading; what the object says.
    pub fn read(&self, uio: &mut Uio<'_>) -> Result<()> {
        let status = self.status();
        if !status.contains(FileStatus::READ) {
            return Err(Errno::EBADF);
        }
        if !self.object.is_seekable() {
            return self.object.read(uio, status);
        }
        let mut offset = self.offset.lock();
        uio.offset = *offset;
        let result = self.object.read(uio, status);
        *offset = uio.offset;
        result
    }

    /// Writes at the file's own offset, which moves on.
    ///
    /// # Errors
    /// `EBADF` when it is not open for writing; what the object says.
    pub fn write(&self, uio: &mut Uio<'_>) -> Result<()> {
        let status = self.status();
        if !status.contains(FileStatus::WRITE) {
            return Err(Errno::EBADF);
        }
        if !self.object.is_seekable() {
            return self.object.write(uio, status);
        }
        let mut offset = self.offset.lock();
        uio.offset = *offset;
        let result = self.object.write(uio, status);
        *offset = uio.offset;
        result
    }

    /// Reads or writes at `uio.offset`; the file's own offset stays (pread(2), pwrite(2)).
    ///
    /// # Errors
    /// `ESPIPE` when the object knows no offsets; as [`read`](Self::read) and [`write`](Self::write).
    pub fn transfer_at(&self, uio: &mut Uio<'_>) -> Result<()> {
        use crate::uio::Direction;
        let status = self.status();
        let needed = match uio.direction() {
            Direction::Read => FileStatus::READ,
            Direction::Write => FileStatus::WRITE,
        };
        if !status.contains(needed) {
            return Err(Errno::EBADF);
        }
        if !self.object.is_seekable() {
            return Err(Errno::ESPIPE);
        }
        match uio.direction() {
            Direction::Read => self.object.read(uio, status),
            Direction::Write => self.object.write(uio, status),
        }
    }
}

impl Drop for OpenFile {
    fn drop(&mut self) {
        self.ready_signal.stop();
        // A failing close is reported to who closes the last descriptor by `close` itself; here nobody is left to hear it.
        let _ = self.object.close(self.status());
        if let Some(listeners) = self.object.listeners() {
            listeners.notify(&Notice::of(Events::NOT_OPEN));
        }
    }
}
