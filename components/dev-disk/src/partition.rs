//! An open partition of a unit.

use crate::request::Request;
use crate::units::{Extent, Unit};
use crate::{control, discovery};
use alloc::sync::Arc;
use rump::errno::{Errno, Result};
use rump::file::FileStatus;
use rump::sched::Lwp;
use rump::uio::Uio;
use rump::user_memory::UserAddress;
use vfs::special::CharacterDevice;
use vfs::{BlockDevice, block_io};

/// By which of its two nodes a device is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NodeKind {
    Block,
    Character,
}

/// An open partition; dropping it closes it.
pub(crate) struct OpenPartition {
    unit: Arc<Unit>,
    partition: u32,
    kind: NodeKind,
    status: FileStatus,
}

impl OpenPartition {
    pub(crate) fn new(unit: Arc<Unit>, partition: u32, kind: NodeKind, status: FileStatus) -> Self {
        Self { unit, partition, kind, status }
    }

    fn extent(&self) -> Result<Extent> {
        self.unit.extent(self.partition)
    }

    fn request(&self, lwp: &Lwp, command: u64, data: UserAddress) -> Result<()> {
        let request = Request { lwp, command, data, status: self.status };
        if let Some(result) = self.unit.kind.control(&self.unit, self.partition, &request) {
            return result;
        }
        match discovery::control(&self.unit, &request) {
            Some(result) => result,
            None => control::control(&self.unit, self.partition, &request),
        }
    }
}

impl Drop for OpenPartition {
    fn drop(&mut self) {
        self.unit.close(self.partition, self.kind);
    }
}

impl Extent {
    /// Where a range of the partition lies on the disk.
    ///
    /// # Errors
    /// `EINVAL` past its end.
    pub(crate) fn place(&self, offset: u64, length: usize) -> Result<u64> {
        let end = offset.checked_add(length as u64).ok_or(Errno::EINVAL)?;
        if end > self.size {
            return Err(Errno::EINVAL);
        }
        Ok(self.offset + offset)
    }
}

impl BlockDevice for OpenPartition {
    fn present_size(&self) -> Result<u64> {
        self.extent().map(|extent| extent.size)
    }

    /// 0 when the unit is not configured.
    fn size(&self) -> u64 {
        self.present_size().unwrap_or(0)
    }

    fn sector_size(&self) -> u32 {
        self.extent().map_or(512, |extent| extent.disk.geometry.sector_size)
    }

    fn is_read_only(&self) -> bool {
        !self.status.contains(FileStatus::WRITE)
            || self.extent().is_ok_and(|extent| extent.disk.medium.is_read_only())
    }

    fn read(&self, offset: u64, into: &mut [u8]) -> Result<()> {
        let extent = self.extent()?;
        extent.disk.read(extent.place(offset, into.len())?, into)
    }

    /// Errors: `EROFS` also where the label is, unless `DIOCWLABEL` has allowed it.
    fn write(&self, offset: u64, from: &[u8]) -> Result<()> {
        let extent = self.extent()?;
        let place = extent.place(offset, from.len())?;
        let covers_label = |label: u64| place <= label && place + from.len() as u64 > label;
        if extent.disk.medium.is_read_only() || extent.guarded.is_some_and(covers_label) {
            return Err(Errno::EROFS);
        }
        extent.disk.write(place, from)
    }

    fn flush(&self) -> Result<()> {
        self.extent()?.disk.medium.flush()
    }

    fn control(&self, lwp: &Lwp, command: u64, data: UserAddress) -> Result<i64> {
        self.request(lwp, command, data).map(|()| 0)
    }
}

/// Raw transfers are whole sectors (physio(9)).
///
/// # Errors
/// `EINVAL`.
pub(crate) fn check_raw_transfer(uio: &Uio<'_>, sector_size: u32) -> Result<()> {
    let sector = u64::from(sector_size);
    let fits = uio.offset.is_multiple_of(sector) && (uio.residual() as u64).is_multiple_of(sector);
    if fits { Ok(()) } else { Err(Errno::EINVAL) }
}

impl CharacterDevice for OpenPartition {
    fn read(&self, _minor: u32, uio: &mut Uio<'_>) -> Result<()> {
        check_raw_transfer(uio, self.extent()?.disk.geometry.sector_size)?;
        block_io::read(self, uio)
    }

    fn write(&self, _minor: u32, uio: &mut Uio<'_>) -> Result<()> {
        check_raw_transfer(uio, self.extent()?.disk.geometry.sector_size)?;
        block_io::write(self, uio)
    }

    fn control(&self, _minor: u32, lwp: &Lwp, command: u64, data: UserAddress) -> Result<i64> {
        self.request(lwp, command, data).map(|()| 0)
    }
}
