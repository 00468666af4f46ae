//! The write-ahead log (WAPBL) that NetBSD keeps of metadata with `mount -o log`: where it lies, and what is to be done once more
//! after a crash.
//!
//! Format: `sys/sys/wapbl_replay.h` and `sys/ufs/ufs/ufs_wapbl.h`. A log has the byte order of the machine that wrote it, whatever
//! the order of the file system.

use crate::format::byte_order::ByteOrder;
use alloc::collections::{BTreeMap, BTreeSet};
use rump::errno::{Errno, Result};
use rump::memory;
use vfs::block_device::BlockDevice;

/// `UFS_WAPBL_VERSION`.
const VERSION: u8 = 1;
/// After the last block of the file system, or in a file of it that lies in one piece (`UFS_WAPBL_JOURNALLOC_*`).
const PLACES: [u8; 2] = [1, 2];
/// Types of records (`WAPBL_WC_*`).
const HEADER: u32 = 0x5741_424c;
const INODES: u32 = HEADER + 1;
const REVOCATIONS: u32 = HEADER + 2;
const BLOCKS: u32 = HEADER + 3;
/// Bytes that addresses in the log count (`DEV_BSIZE`).
const ADDRESS_UNIT: u64 = 512;
/// Bytes in a log at most. NetBSD makes none above 64 MiB unless it is told to.
const LONGEST: u64 = 256 << 20;
/// Bytes before the entries of a record, in an entry about blocks, and in one about an inode.
const RECORD_HEADER: usize = 16;
const BLOCK_ENTRY: usize = 16;
const INODE_ENTRY: usize = 8;
/// Memory that one block takes in [`Replay`], about.
const NODE: usize = 48;

/// Where the superblock says that the log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JournalPlace {
    pub fs_journal_version: u8,
    pub fs_journal_location: u8,
    /// First block, number of blocks, bytes in a block, and the inode if there is one.
    pub fs_journallocs: [u64; 4],
}

impl JournalPlace {
    /// First byte, length and block size. The numbers may be in the order of the machine that made the log.
    fn extent(&self, device_size: u64) -> Option<(u64, u64, u64)> {
        if self.fs_journal_version != VERSION || !PLACES.contains(&self.fs_journal_location) {
            return None;
        }
        let sensible = |size: u64| size.is_power_of_two() && (512..=65536).contains(&size);
        let given = self.fs_journallocs;
        let [first, count, size, _] = if sensible(given[2]) { given } else { given.map(u64::swap_bytes) };
        if !sensible(size) {
            return None;
        }
        let (start, length) = (first.checked_mul(size)?, count.checked_mul(size)?);
        let fits = start.checked_add(length)? <= device_size && (2 * size..=LONGEST).contains(&length);
        fits.then_some((start, length, size))
    }
}

/// What a log holds that has not reached its place yet.
#[derive(Debug, Default)]
pub struct Replay {
    /// Where a block belongs, and where the log has it, both in bytes on the device.
    pub blocks: BTreeMap<u64, u64>,
    /// Bytes in a block.
    pub block_size: u64,
    /// Inodes that had lost their last name, or had none yet.
    pub unlinked: BTreeSet<u32>,
}

impl Replay {
    /// Reads the log that lies at `place`.
    ///
    /// # Errors
    /// `EFTYPE` when there is none, or one that contradicts itself; `ENOMEM`; what the device says.
    pub fn read(device: &dyn BlockDevice, place: &JournalPlace) -> Result<Self> {
        let (start, length, size) = place.extent(device.size()).ok_or(Errno::EFTYPE)?;
        let sector = u64::from(device.sector_size());
        if sector == 0 || size % sector != 0 {
            return Err(Errno::EFTYPE);
        }
        let mut headers = memory::zeroed(2 * size as usize)?;
        device.read(start, &mut headers)?;
        let (header, order) = newer_header(&headers, size as usize).ok_or(Errno::EFTYPE)?;
        let log = Log::new(device, order, header, start, length).ok_or(Errno::EFTYPE)?;
        if log.block_size % sector != 0 || log.record_size % sector != 0 {
            return Err(Errno::EFTYPE);
        }
        log.replay(order.u64(header, 48), order.u64(header, 56))
    }
}

/// The header is there twice; the one with the higher generation counts. Its magic number tells the order.
fn newer_header(headers: &[u8], size: usize) -> Option<(&[u8], ByteOrder)> {
    let (first, second) = headers.split_at_checked(size)?;
    let order =
        [ByteOrder::Little, ByteOrder::Big].into_iter().find(|order| order.u32(first, 0) == HEADER)?;
    let generation = |header| order.u32(header, 12);
    let newer = order.u32(second, 0) == HEADER && generation(second) > generation(first);
    Some((if newer { second } else { first }, order))
}

/// A log of which the header has been read. Positions in it are bytes from its start.
struct Log<'a> {
    device: &'a dyn BlockDevice,
    order: ByteOrder,
    start: u64,
    record_size: u64,
    block_size: u64,
    /// The part that is written round and round.
    circle_start: u64,
    circle_size: u64,
}

impl<'a> Log<'a> {
    fn new(
        device: &'a dyn BlockDevice,
        order: ByteOrder,
        header: &[u8],
        start: u64,
        length: u64,
    ) -> Option<Self> {
        let (record_shift, block_shift) = (order.u32(header, 40), order.u32(header, 44));
        let sensible = |shift| (9..=16).contains(&shift);
        if !sensible(record_shift) || !sensible(block_shift) {
            return None;
        }
        let log = Self {
            device,
            order,
            start,
            record_size: 1 << record_shift,
            block_size: 1 << block_shift,
            circle_start: order.u64(header, 64),
            circle_size: order.u64(header, 72),
        };
        let end = log.circle_start.checked_add(log.circle_size)?;
        // So that nothing lies across the end of the circle.
        let whole = log.circle_size > 0
            && log.circle_size.is_multiple_of(log.record_size.max(log.block_size))
            && log.circle_start.is_multiple_of(ADDRESS_UNIT);
        (end <= length && whole).then_some(log)
    }

    fn replay(&self, head: u64, tail: u64) -> Result<Replay> {
        let mut replay = Replay { block_size: self.block_size, ..Replay::default() };
        if head == 0 && tail == 0 {
            return Ok(replay);
        }
        let mut at = self.inside(tail)?;
        let head = self.inside(head)?;
        let mut record = memory::zeroed(self.record_size as usize)?;
        let mut left = self.circle_size;
        loop {
            self.read(at, &mut record)?;
            let data = self.entries(&record, &mut replay, self.advance(at, self.record_size))?;
            let taken = self.record_size + data;
            // The record's own idea of its length goes round the circle to the same place.
            let told = u64::from(self.order.u32(&record, 4));
            if told > self.circle_size || self.advance(at, told) != self.advance(at, taken) {
                return Err(Errno::EFTYPE);
            }
            left = left.checked_sub(taken).ok_or(Errno::EFTYPE)?;
            at = self.advance(at, taken);
            // A head at the tail is a full log.
            if at == head {
                return Ok(replay);
            }
        }
    }

    /// A position that the header tells, within the circle.
    fn inside(&self, at: u64) -> Result<u64> {
        let offset = at.checked_sub(self.circle_start).ok_or(Errno::EFTYPE)?;
        let valid = offset <= self.circle_size && at.is_multiple_of(ADDRESS_UNIT);
        if valid { Ok(self.advance(self.circle_start, offset)) } else { Err(Errno::EFTYPE) }
    }

    /// A position in the circle, `bytes` on from another.
    fn advance(&self, at: u64, bytes: u64) -> u64 {
        self.circle_start + (at - self.circle_start + bytes) % self.circle_size
    }

    fn read(&self, at: u64, into: &mut [u8]) -> Result<()> {
        if at + into.len() as u64 > self.circle_start + self.circle_size {
            return Err(Errno::EFTYPE);
        }
        self.device.read(self.start + at, into)
    }

    /// Takes the entries of a record over, whose blocks lie from `data` on. Says how many bytes of blocks there are.
    fn entries(&self, record: &[u8], replay: &mut Replay, data: u64) -> Result<u64> {
        match self.order.u32(record, 0) {
            BLOCKS => self.blocks(record, replay, data),
            REVOCATIONS => self.revocations(record, replay).map(|()| 0),
            INODES => self.inodes(record, replay).map(|()| 0),
            _ => Err(Errno::EFTYPE),
        }
    }

    fn count(&self, record: &[u8], entry: usize) -> Result<usize> {
        let count = self.order.u32(record, 8) as usize;
        if count <= record.len().saturating_sub(RECORD_HEADER) / entry {
            Ok(count)
        } else {
            Err(Errno::EFTYPE)
        }
    }

    /// The ranges of the device that a record lists, in bytes: whole blocks within the device.
    fn ranges(
        &self,
        record: &'a [u8],
    ) -> Result<impl Iterator<Item = Result<core::ops::Range<u64>>> + use<'a, '_>> {
        let count = self.count(record, BLOCK_ENTRY)?;
        Ok((0..count).map(move |index| {
            let at = RECORD_HEADER + index * BLOCK_ENTRY;
            let blocks = u64::from(self.order.u32(record, at + 12)) / self.block_size;
            let start = self.order.u64(record, at).checked_mul(ADDRESS_UNIT);
            let end = start.and_then(|start| start.checked_add(blocks * self.block_size));
            match (start, end) {
                (Some(start), Some(end)) if end <= self.device.size() => Ok(start..end),
                _ => Err(Errno::EFTYPE),
            }
        }))
    }

    fn blocks(&self, record: &[u8], replay: &mut Replay, data: u64) -> Result<u64> {
        let mut taken = 0;
        for range in self.ranges(record)? {
            let range = range?;
            // Nothing is longer than the log.
            let length = range.end - range.start;
            if taken + length > self.circle_size {
                return Err(Errno::EFTYPE);
            }
            memory::check_room((length / self.block_size) as usize * NODE)?;
            for to in range.step_by(self.block_size as usize) {
                let from = self.advance(data, taken);
                if from + self.block_size > self.circle_start + self.circle_size {
                    return Err(Errno::EFTYPE);
                }
                replay.blocks.insert(to, self.start + from);
                taken += self.block_size;
            }
        }
        Ok(taken)
    }

    /// Blocks that were given back: what the log had of them before is old.
    fn revocations(&self, record: &[u8], replay: &mut Replay) -> Result<()> {
        for range in self.ranges(record)? {
            let range = range?;
            while let Some((&to, _)) = replay.blocks.range(range.clone()).next() {
                replay.blocks.remove(&to);
            }
        }
        Ok(())
    }

    fn inodes(&self, record: &[u8], replay: &mut Replay) -> Result<()> {
        let count = self.count(record, INODE_ENTRY)?;
        if self.order.u32(record, 12) != 0 {
            replay.unlinked.clear();
        }
        memory::check_room(count * NODE)?;
        let numbers = (0..count).map(|index| self.order.u32(record, RECORD_HEADER + index * INODE_ENTRY));
        replay.unlinked.extend(numbers);
        Ok(())
    }
}
