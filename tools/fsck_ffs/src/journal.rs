//! The write-ahead journal: replayed in memory, so that the check sees what a mount would see.
//!
//! Format: sys/sys/wapbl_replay.h and sys/ufs/ufs/ufs_wapbl.h of NetBSD. The log has the byte order of the machine
//! that wrote it, whatever the order of the file system.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use crate::image::{ByteOrder, ReadAt};
use crate::report::{Finding, Kind, Report};
use crate::superblock::{FLAG_JOURNAL, Superblock};

const VERSION: u8 = 1;
const HEADER: u32 = 0x5741_424c;
const INODES: u32 = HEADER + 1;
const REVOCATIONS: u32 = HEADER + 2;
const BLOCKS: u32 = HEADER + 3;
/// Addresses in the log count these.
const DEVICE_BLOCK: i64 = 512;

/// An image with the blocks of its journal laid over it.
pub struct Replayed<'a> {
    base: &'a dyn ReadAt,
    /// Where a block belongs and where the log has it, both in bytes.
    blocks: BTreeMap<u64, u64>,
    block_size: u64,
    /// Inodes that had no name any more but were in use.
    pub unlinked: BTreeSet<u32>,
}

impl ReadAt for Replayed<'_> {
    fn length(&self) -> u64 {
        self.base.length()
    }

    fn read_exact_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.base.read_exact_at(offset, buffer)?;
        let end = offset.saturating_add(buffer.len() as u64);
        let first = offset.saturating_sub(self.block_size - 1);
        for (&to, &from) in self.blocks.range(first..end) {
            let start = to.max(offset);
            let stop = to.saturating_add(self.block_size).min(end);
            let range = (start - offset) as usize..(stop - offset) as usize;
            if let Some(part) = buffer.get_mut(range) {
                self.base.read_exact_at(from + (start - to), part)?;
            }
        }
        Ok(())
    }
}

/// Checks the description of the journal and replays one that is in use; `None` when there is nothing to replay.
pub fn replay<'a>(
    image: &'a dyn ReadAt,
    superblock: &Superblock,
    report: &mut Report,
) -> Option<Replayed<'a>> {
    let raw = &superblock.raw;
    if raw.old_layout() {
        return None;
    }
    let wrong = |field: &str, offset: usize, found: u64, expected: &str| {
        let finding = Finding::error(Kind::Journal).field(field).byte(raw.location + offset as u64);
        finding.values(found, expected)
    };
    let (version, location, flags) = (raw.u8(864), raw.u8(865), raw.u32(868));
    // Small enough to be told apart in either order.
    let flags = flags.min(flags.swap_bytes());
    if flags > 2 {
        report.add(wrong("fs_journal_flags", 868, u64::from(flags), "0, 1 or 2"));
    } else if (flags != 0 && location > 2) || (flags == 1 && location == 0) {
        report.add(wrong("fs_journal_location", 865, u64::from(location), "1 or 2"));
    }
    if superblock.flags & FLAG_JOURNAL == 0 {
        return None;
    }
    if version != VERSION {
        report.add(wrong("fs_journal_version", 864, u64::from(version), "1"));
        return None;
    }
    if ![1, 2].contains(&location) {
        report.add(wrong("fs_journal_location", 865, u64::from(location), "1 or 2"));
        return None;
    }
    match Log::open(image, superblock).and_then(Log::replay) {
        Ok(replayed) => {
            let finding = Finding::note(Kind::JournalReplayed);
            report
                .add(finding.values(format!("{} blocks", replayed.blocks.len()), "an unmounted file system"));
            Some(replayed)
        }
        Err(message) => {
            report.add(Finding::error(Kind::Journal).values(message, "a log that can be replayed"));
            None
        }
    }
}

/// The log with its header read.
struct Log<'a> {
    image: &'a dyn ReadAt,
    order: ByteOrder,
    /// The offset of the log in the image, in bytes.
    start: u64,
    log_block: u64,
    block_size: u64,
    head: u64,
    tail: u64,
    circle_start: u64,
    circle_size: u64,
}

impl<'a> Log<'a> {
    fn open(image: &'a dyn ReadAt, superblock: &Superblock) -> Result<Self, String> {
        let raw = &superblock.raw;
        let locators: [u64; 3] = std::array::from_fn(|index| raw.i64(872 + index * 8).cast_unsigned());
        let sensible = |size: u64| size.is_power_of_two() && (512..=65536).contains(&size);
        let swapped = locators.map(u64::swap_bytes);
        let [address, count, size] = if sensible(locators[2]) { locators } else { swapped };
        if !sensible(size) {
            return Err(format!("log blocks of {} bytes", locators[2]));
        }
        let start = address.checked_mul(size);
        let length = count.checked_mul(size).filter(|length| *length >= 2 * size);
        let end = start.zip(length).and_then(|(start, length)| start.checked_add(length));
        let (Some(start), Some(length), Some(_)) = (start, length, end.filter(|end| *end <= image.length()))
        else {
            return Err(format!("a log of {count} blocks at {address}"));
        };
        let mut headers = vec![0; 2 * size as usize];
        image.read_exact_at(start, &mut headers).map_err(|error| error.to_string())?;
        let (first, second) = headers.split_at(size as usize);
        let order =
            [ByteOrder::Little, ByteOrder::Big].into_iter().find(|order| order.u32(first, 0) == HEADER);
        let order = order.ok_or_else(|| "no log header".to_owned())?;
        let newer = order.u32(second, 0) == HEADER && order.u32(second, 12) > order.u32(first, 12);
        let header = if newer { second } else { first };
        let number = |offset| order.u64(header, offset);
        let (shift, block_shift) = (order.u32(header, 40), order.u32(header, 44));
        if !(9..=16).contains(&shift) || !(9..=16).contains(&block_shift) {
            return Err(format!("block shifts of {shift} and {block_shift}"));
        }
        let log = Self {
            image,
            order,
            start,
            log_block: 1 << shift,
            block_size: 1 << block_shift,
            head: number(48),
            tail: number(56),
            circle_start: number(64),
            circle_size: number(72),
        };
        log.bounds(length)?;
        Ok(log)
    }

    fn bounds(&self, length: u64) -> Result<(), String> {
        let end = self.circle_start.checked_add(self.circle_size).filter(|end| *end <= length);
        let whole =
            self.circle_size.is_multiple_of(self.log_block.max(self.block_size)) && self.circle_size > 0;
        let (true, Some(end)) = (whole, end) else {
            return Err(format!("{} bytes of log from {}", self.circle_size, self.circle_start));
        };
        let empty = self.head == 0 && self.tail == 0;
        let inside = |at: u64| (self.circle_start..=end).contains(&at) && at.is_multiple_of(512);
        let valid = empty || (inside(self.head) && inside(self.tail));
        if !valid {
            return Err(format!("a log from {} to {}", self.tail, self.head));
        }
        Ok(())
    }

    /// `at` moved on by `bytes` around the circle.
    fn advance(&self, at: u64, bytes: u64) -> u64 {
        let inside = at.max(self.circle_start) - self.circle_start;
        self.circle_start + (inside + bytes) % self.circle_size
    }

    fn replay(self) -> Result<Replayed<'a>, String> {
        let mut replayed = Replayed {
            base: self.image,
            blocks: BTreeMap::new(),
            block_size: self.block_size,
            unlinked: BTreeSet::new(),
        };
        let mut at = self.tail;
        let mut consumed = 0;
        let mut record = vec![0; self.log_block as usize];
        // A head at the tail is a full log, unless both are 0.
        let mut more = self.head != 0 || self.tail != 0;
        while more {
            let from = at.max(self.circle_start);
            if from + self.log_block > self.circle_start + self.circle_size {
                return Err(format!("a record across the end of the log at {from}"));
            }
            self.image.read_exact_at(self.start + from, &mut record).map_err(|error| error.to_string())?;
            let next = self.advance(at, self.log_block);
            let (next, taken) = match self.order.u32(&record, 0) {
                BLOCKS => self.blocks(&record, next, &mut replayed)?,
                REVOCATIONS => {
                    self.revocations(&record, &mut replayed)?;
                    (next, 0)
                }
                INODES => {
                    self.inodes(&record, &mut replayed);
                    (next, 0)
                }
                other => return Err(format!("a record of type {other:#x} at {from}")),
            };
            consumed += self.log_block + taken;
            let length = u64::from(self.order.u32(&record, 4));
            if length > self.circle_size || self.advance(at, length) != next || consumed > self.circle_size {
                return Err(format!("a record of {length} bytes at {from}"));
            }
            at = next;
            more = at != self.head;
        }
        Ok(replayed)
    }

    /// The entries of a list of blocks: address in bytes and number of blocks.
    fn list(&self, record: &[u8]) -> Result<Vec<(u64, u64)>, String> {
        let count = self.order.u32(record, 8) as usize;
        if count > record.len().saturating_sub(16) / 16 {
            return Err(format!("a record with {count} blocks"));
        }
        let entries = (0..count).map(|index| {
            let at = 16 + index * 16;
            let address = self.order.i64(record, at).checked_mul(DEVICE_BLOCK);
            let length = self.order.i32(record, at + 12);
            let address = address.and_then(|address| u64::try_from(address).ok());
            let blocks = u64::try_from(length).map(|length| length / self.block_size).ok();
            let fits = |&(address, blocks): &(u64, u64)| {
                address.checked_add(blocks * self.block_size).is_some_and(|end| end <= self.image.length())
            };
            let entry = address.zip(blocks).filter(fits);
            entry.ok_or_else(|| {
                format!("a record about {length} bytes at block {}", self.order.i64(record, at))
            })
        });
        entries.collect()
    }

    fn blocks(&self, record: &[u8], start: u64, replayed: &mut Replayed<'_>) -> Result<(u64, u64), String> {
        let mut at = start;
        let mut taken = 0;
        for (address, count) in self.list(record)? {
            if taken + count * self.block_size > self.circle_size {
                return Err("a record longer than the log".to_owned());
            }
            for block in 0..count {
                if at + self.block_size > self.circle_start + self.circle_size {
                    return Err(format!("a block across the end of the log at {at}"));
                }
                replayed.blocks.insert(address + block * self.block_size, self.start + at);
                at = self.advance(at, self.block_size);
                taken += self.block_size;
            }
        }
        Ok((at, taken))
    }

    fn revocations(&self, record: &[u8], replayed: &mut Replayed<'_>) -> Result<(), String> {
        for (address, count) in self.list(record)? {
            let end = address + count * self.block_size;
            let revoked: Vec<u64> = replayed.blocks.range(address..end).map(|(at, _)| *at).collect();
            for at in revoked {
                replayed.blocks.remove(&at);
            }
        }
        Ok(())
    }

    fn inodes(&self, record: &[u8], replayed: &mut Replayed<'_>) {
        if self.order.u32(record, 12) != 0 {
            replayed.unlinked.clear();
        }
        let count = (self.order.u32(record, 8) as usize).min(record.len().saturating_sub(16) / 8);
        replayed.unlinked.extend((0..count).map(|index| self.order.u32(record, 16 + index * 8)));
    }
}
