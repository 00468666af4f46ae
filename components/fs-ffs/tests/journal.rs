//! The write-ahead log by itself: what it says, in both byte orders, and what it says when it is wrong.

mod support;

use fs_ffs::format::byte_order::ByteOrder;
use fs_ffs::journal::log::{JournalPlace, Replay};
use fs_ffs::journal::replayed_device::ReplayedDevice;
use rump::errno::Errno;
use rumpuser as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use support::{MemoryDisk, Random};
use vfs::block_device::BlockDevice;

const UNIT: usize = 512;
/// Units of the device, and where its log begins.
const DEVICE: usize = 96;
const LOG: usize = 32;
/// Units in the circle, behind the two headers.
const CIRCLE: usize = DEVICE - LOG - 2;
const INODES: u32 = 0x5741_424d;
const REVOCATIONS: u32 = 0x5741_424e;
const BLOCKS: u32 = 0x5741_424f;

/// Writes a log. Every unit of the device before it is filled with its number.
struct Writer {
    order: ByteOrder,
    bytes: Vec<u8>,
    tail: usize,
    head: usize,
}

impl Writer {
    fn new(order: ByteOrder, tail: usize) -> Self {
        let bytes =
            (0..DEVICE * UNIT).map(|at| if at < LOG * UNIT { (at / UNIT) as u8 } else { 0 }).collect();
        Self { order, bytes, tail, head: tail }
    }

    /// Adds a record with entries of (unit, bytes), or of (inode, anything), and the blocks behind it, each filled with one byte.
    fn record(&mut self, kind: u32, entries: &[(u32, u32)], flag: u32, blocks: &[u8]) {
        let mut record = [0; UNIT];
        self.order.put_u32(&mut record, 0, kind);
        self.order.put_u32(&mut record, 4, ((1 + blocks.len()) * UNIT) as u32);
        self.order.put_u32(&mut record, 8, entries.len() as u32);
        self.order.put_u32(&mut record, 12, flag);
        for (index, &(unit, length)) in entries.iter().enumerate() {
            if kind == INODES {
                self.order.put_u32(&mut record, 16 + 8 * index, unit);
            } else {
                self.order.put_u64(&mut record, 16 + 16 * index, u64::from(unit));
                self.order.put_u32(&mut record, 28 + 16 * index, length);
            }
        }
        self.unit(&record);
        for &byte in blocks {
            self.unit(&[byte; UNIT]);
        }
    }

    fn unit(&mut self, bytes: &[u8; UNIT]) {
        let at = (LOG + 2 + self.head) * UNIT;
        self.bytes[at..at + UNIT].copy_from_slice(bytes);
        self.head = (self.head + 1) % CIRCLE;
    }

    fn finish(mut self) -> Vec<u8> {
        for copy in 0..2 {
            let at = (LOG + copy) * UNIT;
            let header = &mut self.bytes[at..at + UNIT];
            self.order.put_u32(header, 0, 0x5741_424c);
            self.order.put_u32(header, 12, 7 - copy as u32);
            self.order.put_u32(header, 40, 9);
            self.order.put_u32(header, 44, 9);
            // The second copy is the older one.
            let position = |unit: usize| if copy == 0 { ((2 + unit) * UNIT) as u64 } else { 0 };
            self.order.put_u64(header, 48, position(self.head));
            self.order.put_u64(header, 56, position(self.tail));
            self.order.put_u64(header, 64, 2 * UNIT as u64);
            self.order.put_u64(header, 72, (CIRCLE * UNIT) as u64);
        }
        self.bytes
    }
}

fn place() -> JournalPlace {
    JournalPlace {
        fs_journal_version: 1,
        fs_journal_location: 1,
        fs_journallocs: [LOG as u64, (DEVICE - LOG) as u64, UNIT as u64, 0],
    }
}

/// An entry about one unit, or an inode.
fn one(unit: u32) -> (u32, u32) {
    (unit, UNIT as u32)
}

/// A log that goes round: block 3 twice, 5 and 6 as one entry, 9 called off, 10 called off and written again.
fn sample(order: ByteOrder) -> Vec<u8> {
    let mut log = Writer::new(order, CIRCLE - 4);
    log.record(INODES, &[one(77)], 0, &[]);
    log.record(BLOCKS, &[one(3), (5, 2 * UNIT as u32), one(9)], 0, &[0xa3, 0xa5, 0xa6, 0xa9]);
    log.record(BLOCKS, &[one(10)], 0, &[0xaa]);
    log.record(REVOCATIONS, &[(9, 2 * UNIT as u32)], 0, &[]);
    log.record(INODES, &[one(11), one(12)], 1, &[]);
    log.record(INODES, &[one(13)], 0, &[]);
    log.record(BLOCKS, &[one(3), one(10)], 0, &[0xb3, 0xba]);
    log.finish()
}

#[test]
fn a_log_tells_the_latest_blocks_and_the_unlinked_inodes() {
    for order in [ByteOrder::Little, ByteOrder::Big] {
        let before = sample(order);
        let disk = MemoryDisk::new(before.clone());
        let replay = Replay::read(&*disk, &place()).unwrap();
        assert_eq!(replay.unlinked.iter().copied().collect::<Vec<_>>(), [11, 12, 13]);
        let units: Vec<_> = replay.blocks.keys().map(|at| at / UNIT as u64).collect();
        assert_eq!(units, [3, 5, 6, 10]);
        let device = ReplayedDevice::new(Arc::clone(&disk) as _, replay);
        let mut expected = before[..LOG * UNIT].to_vec();
        for (unit, byte) in [(3, 0xb3), (5, 0xa5), (6, 0xa6), (10, 0xba)] {
            expected[unit * UNIT..(unit + 1) * UNIT].fill(byte);
        }
        // What is read shows it, in pieces of any size; the disk does not.
        for length in [1, 3, 4, LOG] {
            for first in 0..=LOG - length {
                let mut found = vec![0; length * UNIT];
                device.read((first * UNIT) as u64, &mut found).unwrap();
                assert_eq!(found, expected[first * UNIT..(first + length) * UNIT]);
            }
        }
        assert_eq!(disk.bytes(), before);
        // A disk that fails loses nothing: what is read is still the later state.
        disk.fail_writes.store(true, Ordering::Relaxed);
        assert_eq!(device.apply(), Err(Errno::EIO));
        disk.fail_writes.store(false, Ordering::Relaxed);
        let mut found = vec![0; LOG * UNIT];
        device.read(0, &mut found).unwrap();
        assert_eq!(found, expected);
        device.apply().unwrap();
        assert_eq!(disk.bytes()[..LOG * UNIT], expected[..]);
        assert_eq!((device.next_unlinked(), device.next_unlinked()), (Some(11), Some(12)));
    }
}

#[test]
fn an_empty_log_and_one_of_another_order_than_the_file_system() {
    let mut empty = Writer::new(ByteOrder::Little, 0).finish();
    for at in [48, 56] {
        ByteOrder::Little.put_u64(&mut empty[LOG * UNIT..], at, 0);
    }
    let replay = Replay::read(&*MemoryDisk::new(empty), &place()).unwrap();
    assert!(replay.blocks.is_empty() && replay.unlinked.is_empty());
    let swapped = JournalPlace { fs_journallocs: place().fs_journallocs.map(u64::swap_bytes), ..place() };
    let replay = Replay::read(&*MemoryDisk::new(sample(ByteOrder::Big)), &swapped).unwrap();
    assert_eq!(replay.blocks.len(), 4);
}

#[test]
fn a_log_elsewhere_is_refused() {
    let disk = MemoryDisk::new(sample(ByteOrder::Little));
    let locators = [
        [LOG as u64, (DEVICE - LOG + 1) as u64, UNIT as u64, 0],
        [u64::MAX, 2, UNIT as u64, 0],
        [LOG as u64, 1, UNIT as u64, 0],
        [LOG as u64, u64::MAX / 512, UNIT as u64, 0],
        [LOG as u64, 8, 100, 0],
        [LOG as u64 + 1, (DEVICE - LOG - 1) as u64, UNIT as u64, 0],
    ];
    for fs_journallocs in locators {
        let wrong = JournalPlace { fs_journallocs, ..place() };
        assert_eq!(Replay::read(&*disk, &wrong).unwrap_err(), Errno::EFTYPE, "{fs_journallocs:?}");
    }
    for (version, location) in [(0, 1), (2, 1), (1, 0), (1, 3)] {
        let wrong = JournalPlace { fs_journal_version: version, fs_journal_location: location, ..place() };
        assert_eq!(Replay::read(&*disk, &wrong).unwrap_err(), Errno::EFTYPE);
    }
}

#[test]
fn any_bytes_may_be_wrong() {
    let mut refused = 0;
    for seed in 0..2_000 {
        let mut random = Random::new(seed);
        let mut bytes = sample(if seed % 2 == 0 { ByteOrder::Little } else { ByteOrder::Big });
        for _ in 0..=random.below(3) {
            // Half of the time a byte of a header.
            let length = if random.below(2) == 0 { 80 } else { (DEVICE - LOG) * UNIT };
            bytes[LOG * UNIT + random.below(length as u64) as usize] = random.next() as u8;
        }
        let disk = MemoryDisk::new(bytes);
        match Replay::read(&*disk, &place()) {
            Ok(replay) => {
                assert!(replay.blocks.len() <= CIRCLE, "seed {seed}");
                let device = ReplayedDevice::new(disk, replay);
                let mut all = vec![0; DEVICE * UNIT];
                device.read(0, &mut all).unwrap();
                device.apply().unwrap();
            }
            Err(error) => {
                assert_eq!(error, Errno::EFTYPE, "seed {seed}");
                refused += 1;
            }
        }
    }
    assert!(refused > 100);
}
