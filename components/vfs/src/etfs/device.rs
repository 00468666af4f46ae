//! A host file, or a part of one, as a block device.

use super::{Window, control};
use crate::block_device::BlockDevice;
use crate::block_io;
use crate::event_counters::HostTransfers;
use crate::special::CharacterDevice;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use rump::errno::{Errno, Result};
use rump::host::block::{HostFile, OpenMode};
use rump::host::parameter;
use rump::sched::Lwp;
use rump::uio::Uio;
use rump::user_memory::UserAddress;

/// Makes a share of transfers fail, for tests (`RUMP_BLKFAIL`, `RUMP_BLKFAIL_SEED`).
struct Failures {
    /// Out of 10,000.
    share: u32,
    state: AtomicU32,
}

impl Failures {
    fn from_host() -> Option<Self> {
        let number = |name| parameter::get(name).and_then(|value| value.trim().parse::<u32>().ok());
        let share = number("RUMP_BLKFAIL").filter(|&share| share > 0)?;
        let state = AtomicU32::new(number("RUMP_BLKFAIL_SEED").unwrap_or(27));
        Some(Self { share, state })
    }

    /// Whether the next transfer fails, by the C standard's example of a generator, as in the original: a seed reproduces.
    fn strike(&self) -> bool {
        let step = |state: u32| state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        let former = self.state.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |state| Some(step(state)));
        (step(former.unwrap_or_default()) & 0x7fff_ffff) % 10_000 < self.share
    }
}

/// A block device on a host file.
pub struct HostBlockDevice {
    file: HostFile,
    begin: u64,
    size: AtomicU64,
    sector_size: u32,
    read_only: bool,
    /// Its minor number.
    number: u32,
    failures: Option<Failures>,
    /// For those that stand for disks.
    transfers: Option<HostTransfers>,
}

/// A sector has two to the power of that many bytes, unless `RUMP_BLKSECTSHIFT` asks for more.
const SECTOR_SHIFT: u32 = 9;
const LARGEST_SECTOR_SHIFT: u32 = 16;

/// Bytes in a sector. What is no number, or out of range, is ignored.
fn sector_size() -> u32 {
    let asked = parameter::get("RUMP_BLKSECTSHIFT").and_then(|value| value.trim().parse::<u32>().ok());
    let shift = asked.filter(|shift| (SECTOR_SHIFT..=LARGEST_SECTOR_SHIFT).contains(shift));
    1 << shift.unwrap_or(SECTOR_SHIFT)
}

impl HostBlockDevice {
    /// Opens a host file, read-only where the host allows no more.
    ///
    /// # Errors
    /// `EINVAL` when the window does not fit into the file of `host_size` bytes; the host's errno.
    pub fn open(host_path: &[u8], window: Window, host_size: u64) -> Result<Self> {
        let available = host_size.checked_sub(window.begin).ok_or(Errno::EINVAL)?;
        let size = window.size.unwrap_or(available);
        if size > available {
            return Err(Errno::EINVAL);
        }
        let (file, read_only) = match HostFile::open(host_path, OpenMode::ReadWrite) {
            Ok(file) => (file, false),
            Err(Errno::EACCES | Errno::EROFS | Errno::EPERM) => {
                (HostFile::open(host_path, OpenMode::ReadOnly)?, true)
            }
            Err(error) => return Err(error),
        };
        Ok(Self {
            file: file.with_turns_if_host_seeks(host_size),
            begin: window.begin,
            size: AtomicU64::new(size),
            sector_size: sector_size(),
            read_only,
            number: 0,
            failures: Failures::from_host(),
            transfers: None,
        })
    }

    /// As a disk, under a minor number, which its disklabel goes by; its transfers are counted.
    pub(super) fn into_disk(self, number: u32, transfers: &HostTransfers) -> Self {
        Self { number, transfers: Some(transfers.clone()), ..self }
    }

    /// Checks a range and says where it lies in the host's file.
    fn position(&self, offset: u64, length: usize) -> Result<u64> {
        let end = offset.checked_add(length as u64).ok_or(Errno::EINVAL)?;
        if end > self.size() {
            return Err(Errno::EINVAL);
        }
        self.host_position(offset)
    }

    fn host_position(&self, offset: u64) -> Result<u64> {
        if self.failures.as_ref().is_some_and(Failures::strike) {
            return Err(Errno::EIO);
        }
        self.begin.checked_add(offset).ok_or(Errno::EINVAL)
    }

    /// Writes, also past the end, and has the end follow: for host files that stand for files.
    ///
    /// # Errors
    /// `EFBIG`, `EROFS`; the host's errno.
    pub(super) fn write_and_grow(&self, offset: u64, from: &[u8]) -> Result<()> {
        let end = offset.checked_add(from.len() as u64).filter(|&end| i64::try_from(end).is_ok());
        let end = end.ok_or(Errno::EFBIG)?;
        if self.read_only {
            return Err(Errno::EROFS);
        }
        self.file.write_at(self.host_position(offset)?, from)?;
        self.size.fetch_max(end, Ordering::Relaxed);
        Ok(())
    }
}

impl BlockDevice for HostBlockDevice {
    fn size(&self) -> u64 {
        self.size.load(Ordering::Relaxed)
    }

    fn sector_size(&self) -> u32 {
        self.sector_size
    }

    fn is_read_only(&self) -> bool {
        self.read_only
    }

    fn read(&self, offset: u64, into: &mut [u8]) -> Result<()> {
        let position = self.position(offset, into.len())?;
        if let Some(transfers) = &self.transfers {
            transfers.count_read(into.len());
        }
        // A file that became shorter than it was at registration has lost data.
        if self.file.read_at(position, into)? == into.len() { Ok(()) } else { Err(Errno::EIO) }
    }

    fn write(&self, offset: u64, from: &[u8]) -> Result<()> {
        if self.read_only {
            return Err(Errno::EROFS);
        }
        let position = self.position(offset, from.len())?;
        if let Some(transfers) = &self.transfers {
            transfers.count_write(from.len());
        }
        self.file.write_at(position, from)
    }

    fn flush(&self) -> Result<()> {
        if self.read_only { Ok(()) } else { self.file.sync() }
    }

    fn control(&self, lwp: &Lwp, command: u64, data: UserAddress) -> Result<i64> {
        control::control(self, self.number, lwp, command, data)
    }
}

/// The same as a character device: transfers of any length, at any offset.
pub(super) struct RawDevice(pub HostBlockDevice);

impl CharacterDevice for RawDevice {
    fn read(&self, _minor: u32, uio: &mut Uio<'_>) -> Result<()> {
        block_io::read(&self.0, uio)
    }

    fn write(&self, _minor: u32, uio: &mut Uio<'_>) -> Result<()> {
        block_io::write(&self.0, uio)
    }

    fn control(&self, _minor: u32, lwp: &Lwp, command: u64, data: UserAddress) -> Result<i64> {
        self.0.control(lwp, command, data)
    }
}
