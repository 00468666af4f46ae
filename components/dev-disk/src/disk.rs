//! A disk: what holds its bytes, how large it is, and what label it has when none is written on it.

use crate::label::{DiskLabel, Partition, fs_type};
use crate::statistics::{Statistics, Way};
use alloc::sync::Arc;
use rump::errno::{Errno, Result};
use vfs::BlockDevice;

/// The shape of a disk. Only the sector's size and the number of sectors mean anything; the rest is what labels tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// Bytes; a power of two, 512 at least.
    pub sector_size: u32,
    pub sectors: u64,
    pub sectors_per_track: u32,
    /// Tracks in a cylinder.
    pub tracks: u32,
    pub cylinders: u64,
}

impl Geometry {
    /// The shape that pseudo disks claim: cylinders of 2048 sectors, or of one on a disk that is smaller.
    #[must_use]
    pub const fn of_size(sectors: u64, sector_size: u32) -> Self {
        let (sectors_per_track, tracks) = if sectors >= 32 * 64 { (32, 64) } else { (1, 1) };
        let cylinders = sectors / (sectors_per_track as u64 * tracks as u64);
        Self { sector_size, sectors, sectors_per_track, tracks, cylinders }
    }

    /// Bytes in all.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.sectors.saturating_mul(self.sector_size as u64)
    }
}

/// What a kind of disk does about labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelRules {
    /// Every partition is the whole disk, and no label is read or written (md).
    None,
    /// Labels are read from the disk. Where a label is damaged, every partition is the whole disk (vnd).
    AllPartitions,
    /// Labels are read from the disk. Where a label is damaged, there is only the whole disk (cgd).
    RawPartition,
}

/// A configured disk.
pub struct Disk {
    pub medium: Arc<dyn BlockDevice>,
    pub geometry: Geometry,
    pub rules: LabelRules,
    /// For a disk without a label.
    pub made_up: DiskLabel,
    pub(crate) statistics: Arc<Statistics>,
}

impl Disk {
    /// A disk on `medium`, of `geometry`.
    ///
    /// # Errors
    /// `EINVAL` for a size of sectors that is no power of two from 512 to 65536, or a geometry larger than the medium.
    pub fn new(
        medium: Arc<dyn BlockDevice>,
        geometry: Geometry,
        rules: LabelRules,
        type_name: &str,
        drive_type: u16,
    ) -> Result<Arc<Self>> {
        let sector = geometry.sector_size;
        if !sector.is_power_of_two() || !(512..=65536).contains(&sector) || geometry.size() > medium.size() {
            return Err(Errno::EINVAL);
        }
        let mut made_up = DiskLabel::made_up(type_name, drive_type, &geometry);
        if rules == LabelRules::None {
            let whole =
                Partition { fs_type: fs_type::BSD_FFS, ..made_up.slot(crate::RAW_PARTITION as usize) };
            made_up.set_partition(0, whole);
            made_up.seal();
        }
        Ok(Arc::new(Self { medium, geometry, rules, made_up, statistics: Statistics::new() }))
    }

    /// Bytes in all.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.geometry.size()
    }

    /// Fills `into` from byte `offset` on.
    ///
    /// # Errors
    /// What the medium says.
    pub(crate) fn read(&self, offset: u64, into: &mut [u8]) -> Result<()> {
        self.statistics.count(Way::Read, into.len(), || self.medium.read(offset, into))
    }

    /// Writes `from` at byte `offset`.
    ///
    /// # Errors
    /// What the medium says.
    pub(crate) fn write(&self, offset: u64, from: &[u8]) -> Result<()> {
        self.statistics.count(Way::Write, from.len(), || self.medium.write(offset, from))
    }

    /// The bytes from sector `sector` on, `count` sectors or as many as there are.
    ///
    /// # Errors
    /// `EINVAL` past the end; `ENOMEM`; what the medium says.
    pub fn read_sectors(&self, sector: u64, count: u64) -> Result<alloc::boxed::Box<[u8]>> {
        let left = self.geometry.sectors.checked_sub(sector).filter(|&left| left > 0).ok_or(Errno::EINVAL)?;
        let unit = u64::from(self.geometry.sector_size);
        let mut bytes = rump::memory::zeroed((left.min(count) * unit) as usize)?;
        self.read(sector * unit, &mut bytes)?;
        Ok(bytes)
    }

    /// Writes whole sectors from sector `sector` on.
    ///
    /// # Errors
    /// `EROFS`; what the medium says.
    pub fn write_sectors(&self, sector: u64, bytes: &[u8]) -> Result<()> {
        if self.medium.is_read_only() {
            return Err(Errno::EROFS);
        }
        self.write(sector * u64::from(self.geometry.sector_size), bytes)
    }
}
