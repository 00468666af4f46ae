//! What is behind an open vnode: the file system's data, a fifo's pipe, a device.

use crate::attributes::VnodeKind;
use crate::block_device::BlockDevice;
use crate::block_io;
use crate::device_switch::minor;
use crate::special::{CharacterDevice, FifoEnd};
use crate::state::FileSystems;
use crate::vnode::{IoFlags, Vnode, VnodeRef};
use alloc::sync::Arc;
use rump::errno::{Errno, Result};
use rump::file::FileStatus;
use rump::poll::{Events, FileFilter, Listeners, Reading};
use rump::sched::Lwp;
use rump::uio::Uio;
use rump::user_memory::UserAddress;

/// What reads and writes of an open vnode go to.
pub(crate) enum Stream {
    /// The file system's own data.
    File,
    Fifo(FifoEnd),
    Character {
        driver: Arc<dyn CharacterDevice>,
        minor: u32,
    },
    Block(Arc<dyn BlockDevice>),
}

/// How data is moved for an open file of that status.
pub(crate) fn io_flags(status: FileStatus) -> IoFlags {
    let mut flags = IoFlags::empty();
    flags.set(IoFlags::APPEND, status.contains(FileStatus::APPEND));
    flags.set(IoFlags::NONBLOCK, status.contains(FileStatus::NONBLOCK));
    let synchronous = status.intersects(FileStatus::SYNCHRONOUS | FileStatus::DATA_SYNCHRONOUS);
    flags.set(IoFlags::SYNCHRONOUS, synchronous);
    flags
}

/// Refuses to open a disk for writing where the security level forbids it: above 0 a mounted one, above 1 any.
fn check_raw_write(vnode: &Vnode, state: &FileSystems) -> Result<()> {
    let level = &vnode.mount.kernel.secure_level;
    if level.get() <= 0 {
        return Ok(());
    }
    let is_block = vnode.kind == VnodeKind::Block;
    let Some(number) = state.devices.block_number(vnode.device, is_block) else { return Ok(()) };
    let is_mounted = |mounted: u64| state.devices.share_medium(number, mounted);
    let any = state.mounts().filter_map(|mount| mount.device()).any(|node| is_mounted(node.device));
    level.allows_up_to(if any { 0 } else { 1 })
}

impl Stream {
    /// Opens what a vnode leads to; a fifo waits for its other side.
    ///
    /// # Errors
    /// `ENXIO` for a device without a driver, or a fifo that nobody reads; `EOPNOTSUPP` for sockets and symbolic links;
    /// `EROFS` for writing to a device that cannot be written to; `EPERM` where the security level forbids that.
    pub fn open(vnode: &VnodeRef, status: FileStatus) -> Result<Self> {
        let state = FileSystems::of(&vnode.mount.kernel)?;
        let is_device = matches!(vnode.kind, VnodeKind::Block | VnodeKind::Character);
        if is_device && !vnode.mount.allows_devices() {
            return Err(Errno::ENXIO);
        }
        if is_device && status.contains(FileStatus::WRITE) {
            check_raw_write(vnode, state)?;
        }
        match vnode.kind {
            VnodeKind::Regular | VnodeKind::Directory => Ok(Self::File),
            VnodeKind::Fifo => FifoEnd::open(vnode, status).map(Self::Fifo),
            VnodeKind::Character => Ok(Self::Character {
                driver: state.devices.open_character(vnode.device, status)?,
                minor: minor(vnode.device),
            }),
            VnodeKind::Block => state.devices.open_block(vnode.device, status).map(Self::Block),
            VnodeKind::Socket | VnodeKind::SymbolicLink => Err(Errno::EOPNOTSUPP),
        }
    }

    /// Reads. `hint` says what reads will follow, for files with data of their own. The node of a fifo or device notes the access, as nobody else sees the data.
    ///
    /// # Errors
    /// As read(2).
    pub fn read(&self, vnode: &Vnode, uio: &mut Uio<'_>, status: FileStatus, hint: IoFlags) -> Result<()> {
        let before = uio.residual();
        let result = match self {
            Self::File => return vnode.operations().read(uio, io_flags(status) | hint),
            Self::Fifo(end) => end.pipe.read(uio, status.contains(FileStatus::NONBLOCK)),
            Self::Character { driver, minor } => driver.read(*minor, uio),
            Self::Block(device) => block_io::read(&**device, uio),
        };
        if uio.residual() < before {
            vnode.operations().note_access();
        }
        result
    }

    /// Writes, and notes the modification as [`read`](Self::read) does the access.
    ///
    /// # Errors
    /// As write(2).
    pub fn write(&self, vnode: &Vnode, uio: &mut Uio<'_>, status: FileStatus) -> Result<()> {
        let before = uio.residual();
        let result = match self {
            Self::File => return vnode.write(uio, io_flags(status)),
            Self::Fifo(end) => end.pipe.write(uio, status.contains(FileStatus::NONBLOCK)),
            Self::Character { driver, minor } => driver.write(*minor, uio),
            Self::Block(device) => block_io::write(&**device, uio),
        };
        if uio.residual() < before && !vnode.mount.is_read_only() {
            vnode.operations().note_modification();
        }
        result
    }

    /// ioctl(2).
    ///
    /// # Errors
    /// `ENOTTY` for what is not known.
    pub fn control(&self, lwp: &Lwp, command: u64, data: UserAddress) -> Result<i64> {
        match self {
            Self::Fifo(end) => end.control(lwp, command, data),
            Self::Character { driver, minor } => driver.control(*minor, lwp, command, data),
            Self::Block(device) => device.control(lwp, command, data),
            Self::File => Err(Errno::ENOTTY),
        }
    }

    /// Which of `events` hold now.
    pub fn poll(&self, events: Events) -> Events {
        match self {
            Self::Fifo(end) => end.poll(events),
            Self::Character { driver, minor } => driver.poll(*minor, events),
            Self::File | Self::Block(_) => events & Events::ALWAYS,
        }
    }

    /// What a filter of kqueue(2) finds of a fifo or character device.
    ///
    /// # Errors
    /// `EOPNOTSUPP` for what has no stream of its own; what the device says.
    pub fn filter(&self, filter: FileFilter) -> Result<Reading> {
        match self {
            Self::Fifo(end) => end.filter(filter),
            Self::Character { driver, minor } => driver.filter(*minor, filter),
            Self::File | Self::Block(_) => Err(Errno::EOPNOTSUPP),
        }
    }

    /// Where those are entered who wait.
    pub fn listeners<'a>(&'a self, vnode: &'a Vnode) -> &'a Listeners {
        match self {
            Self::Fifo(end) => end.pipe.listeners(),
            Self::Character { driver, minor } => {
                driver.listeners(*minor).unwrap_or_else(|| vnode.listeners())
            }
            Self::File | Self::Block(_) => vnode.listeners(),
        }
    }
}
