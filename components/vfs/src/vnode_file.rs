//! Vnodes as open files.

use crate::advisory_lock::{LockOwner, LockRange};
use crate::attributes::Attributes;
use crate::record_lock;
use crate::stream::{Stream, io_flags};
use crate::vnode::{IoFlags, SyncScope, VnodeRef};
use alloc::sync::Arc;
use core::sync::atomic::{AtomicU32, Ordering};
use rump::errno::{Errno, Result};
use rump::file::{FileAttributes, FileKind, FileObject, FileStatus, OpenFile};
use rump::poll::{Events, FileFilter, Listeners, Reading};
use rump::process::{Credentials, Limit};
use rump::sched::{self, Lwp};
use rump::signal;
use rump::uio::Uio;
use rump::user_memory::UserAddress;

/// An open vnode.
pub struct VnodeFile {
    pub vnode: VnodeRef,
    stream: Stream,
    /// Whether writes take set-id bits away: who opened it is no superuser.
    clears_set_id: bool,
    /// Whether it counts among the mount's writers.
    writes: bool,
    /// How often the vnode had been revoked before.
    revocations: u32,
    /// In what order it is going to be read: flags of [`IoFlags`], or none.
    access_hint: AtomicU32,
}

impl VnodeFile {
    /// Opens a vnode. Permission has been checked.
    ///
    /// # Errors
    /// `ENXIO` for a device without a driver, or a fifo that nobody reads; `EOPNOTSUPP` for sockets; `EROFS` for
    /// writing to a device that cannot be written to.
    pub fn open(vnode: VnodeRef, status: FileStatus, who: &Credentials) -> Result<Self> {
        // Read before opening: a revocation that comes in between hits this file, too.
        let revocations = vnode.revocations();
        let stream = Stream::open(&vnode, status)?;
        let writes = status.contains(FileStatus::WRITE) && matches!(stream, Stream::File);
        if writes {
            vnode.mount.add_writer();
        }
        Ok(Self {
            vnode,
            stream,
            clears_set_id: !who.is_superuser(),
            writes,
            revocations,
            access_hint: AtomicU32::new(0),
        })
    }

    /// Refuses a write that would go past the process's limit on file sizes, which causes `SIGXFSZ`.
    fn check_size_limit(&self, uio: &mut Uio<'_>, flags: IoFlags) -> Result<()> {
        let limit = sched::with_current(|lwp| lwp.map_or(u64::MAX, |lwp| lwp.process.file_size_limit()));
        if limit >= Limit::INFINITY || uio.residual() == 0 {
            return Ok(());
        }
        let appends = flags.contains(IoFlags::APPEND);
        let start = if appends { self.vnode.operations().attributes()?.size } else { uio.offset };
        if start.saturating_add(uio.residual() as u64) <= limit {
            return Ok(());
        }
        uio.cause_signal(signal::FILE_SIZE_EXCEEDED);
        Err(Errno::EFBIG)
    }

    /// Says in what order the file is going to be read through this descriptor: [`IoFlags::RANDOM`], [`IoFlags::SEQUENTIAL`] or
    /// neither.
    pub fn set_access_hint(&self, hint: IoFlags) {
        self.access_hint.store(hint.bits(), Ordering::Relaxed);
    }

    /// The block device that it is, if it is one.
    #[must_use]
    pub fn block_device(&self) -> Option<&Arc<dyn crate::block_device::BlockDevice>> {
        match &self.stream {
            Stream::Block(device) if !self.is_revoked() => Some(device),
            _ => None,
        }
    }

    /// Whether revoke(2) has taken the file away.
    #[must_use]
    pub fn is_revoked(&self) -> bool {
        self.vnode.revocations() != self.revocations
    }

    /// # Errors
    /// `EBADF` once the file has been revoked.
    pub fn check_not_revoked(&self) -> Result<()> {
        if self.is_revoked() { Err(Errno::EBADF) } else { Ok(()) }
    }

    /// What tells this open file from others, for flock.
    #[must_use]
    pub fn identity(&self) -> usize {
        core::ptr::from_ref(self).addr()
    }
}

impl Drop for VnodeFile {
    fn drop(&mut self) {
        self.vnode.advisory_locks.unlock(LockOwner::OpenFile(self.identity()), LockRange::ALL);
        if self.writes {
            self.vnode.mount.remove_writer();
        }
    }
}

/// `struct stat` of a vnode.
#[must_use]
pub fn file_attributes(mount: u64, attributes: &Attributes) -> FileAttributes {
    FileAttributes {
        device: mount,
        mode: attributes.kind.mode_bits() | attributes.permissions,
        number: attributes.number,
        links: attributes.links,
        user: attributes.user,
        group: attributes.group,
        names_device: attributes.device,
        access_time: attributes.access_time,
        modification_time: attributes.modification_time,
        change_time: attributes.change_time,
        birth_time: attributes.birth_time,
        size: attributes.size,
        blocks: attributes.occupied.div_ceil(512),
        block_size: attributes.block_size,
        flags: attributes.flags,
        generation: attributes.generation,
    }
}

impl FileObject for VnodeFile {
    fn kind(&self) -> FileKind {
        FileKind::Vnode
    }

    fn read(&self, uio: &mut Uio<'_>, status: FileStatus) -> Result<()> {
        if !self.is_revoked() {
            let hint = IoFlags::from_bits_retain(self.access_hint.load(Ordering::Relaxed));
            return self.stream.read(&self.vnode, uio, status, hint);
        }
        // revoke(2): a character device is at its end then.
        if matches!(self.stream, Stream::Character { .. }) { Ok(()) } else { Err(Errno::EIO) }
    }

    fn write(&self, uio: &mut Uio<'_>, status: FileStatus) -> Result<()> {
        if self.is_revoked() {
            return Err(Errno::EIO);
        }
        if !matches!(self.stream, Stream::File) {
            return self.stream.write(&self.vnode, uio, status);
        }
        let mut flags = io_flags(status);
        flags.set(IoFlags::CLEAR_SET_ID, self.clears_set_id);
        if self.vnode.mount.is_read_only() {
            return Err(Errno::EROFS);
        }
        self.check_size_limit(uio, flags)?;
        self.vnode.write(uio, flags)?;
        if self.vnode.mount.page_pool()?.wants_sync() {
            self.vnode.mount.file_system()?.sync()?;
        }
        Ok(())
    }

    fn is_seekable(&self) -> bool {
        !matches!(self.stream, Stream::Fifo(_))
    }

    fn end(&self) -> Result<u64> {
        self.check_not_revoked()?;
        match &self.stream {
            Stream::Block(device) => Ok(device.size()),
            _ => Ok(self.vnode.operations().attributes()?.size),
        }
    }

    fn status(&self) -> Result<FileAttributes> {
        self.check_not_revoked()?;
        let mut status = file_attributes(self.vnode.mount.id, &self.vnode.operations().attributes()?);
        if let Stream::Block(device) = &self.stream {
            status.size = device.size();
        }
        Ok(status)
    }

    fn control(&self, lwp: &Lwp, command: u64, data: UserAddress) -> Result<i64> {
        self.check_not_revoked()?;
        self.stream.control(lwp, command, data)
    }

    fn bytes_behind(&self, offset: u64) -> Result<i64> {
        self.check_not_revoked()?;
        match &self.stream {
            Stream::File => Ok(self.vnode.operations().attributes()?.size.wrapping_sub(offset).cast_signed()),
            _ => Err(Errno::ENOTTY),
        }
    }

    fn file_control(&self, file: &OpenFile, lwp: &Lwp, command: i32, argument: u64) -> Result<i64> {
        self.check_not_revoked()?;
        record_lock::control(&self.vnode, file, lwp, command, UserAddress::new(argument))
    }

    fn poll(&self, events: Events) -> Events {
        // Nothing waits any more, so everything that is asked for holds.
        if self.is_revoked() {
            return events & (Events::POLLABLE - Events::NOT_OPEN);
        }
        self.stream.poll(events)
    }

    fn listeners(&self) -> Option<&Listeners> {
        Some(self.stream.listeners(&self.vnode))
    }

    fn tells_when_ready(&self) -> bool {
        match &self.stream {
            Stream::Fifo(_) => true,
            Stream::Character { driver, minor } => driver.listeners(*minor).is_some(),
            Stream::File | Stream::Block(_) => false,
        }
    }

    fn filter(&self, file: &OpenFile, filter: FileFilter) -> Result<Reading> {
        if self.is_revoked() {
            let ready = filter != FileFilter::Vnode;
            return Ok(Reading { ready, data: 0, end: true });
        }
        match (&self.stream, filter) {
            (Stream::Fifo(_) | Stream::Character { .. }, _) => self.stream.filter(filter),
            (Stream::File | Stream::Block(_), FileFilter::Read) => {
                let data = self.end()?.wrapping_sub(*file.offset()).cast_signed();
                Ok(Reading { ready: data != 0, data, end: false })
            }
            (Stream::File | Stream::Block(_), FileFilter::Write) => Ok(Reading::of(Events::OUT)),
            (Stream::File | Stream::Block(_), FileFilter::Vnode) => Ok(Reading::default()),
        }
    }

    fn underlying(&self) -> usize {
        core::ptr::from_ref(&*self.vnode).addr()
    }

    fn synchronise(&self, data_only: bool) -> Result<()> {
        if self.is_revoked() {
            return Ok(());
        }
        let scope = if data_only { SyncScope::Data } else { SyncScope::Everything };
        self.vnode.operations().sync(scope)
    }

    fn descriptor_closed(&self, process: i32) {
        self.vnode.advisory_locks.unlock(LockOwner::Process(process), LockRange::ALL);
    }
}
