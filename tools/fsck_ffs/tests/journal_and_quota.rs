//! Journals that are in use, and quotas kept in the file system.

mod support;

use std::collections::BTreeSet;

use fsck_ffs::inode::Volume;
use fsck_ffs::{Kind, Report, inventory};
use support::{FORMATS, Target, kinds, populated, text};

const BLOCKS: u32 = 0x5741_424f;
const REVOCATIONS: u32 = 0x5741_424e;
const INODES: u32 = 0x5741_424d;

/// Writes a log behind the file system, where mounts with a log may have it.
struct LogWriter {
    /// The offset of the log in bytes.
    start: u64,
    /// Where the next record goes, from the start of the log.
    head: u64,
}

impl LogWriter {
    fn new(target: &mut Target) -> Self {
        let start = target.bytes.len() as u64;
        target.bytes.extend([0; 64 * 512]);
        target.put32(target.field(1312), 0x100);
        let version = target.field(864) as usize;
        target.bytes[version] = 1;
        target.bytes[version + 1] = 1;
        for (index, value) in [(0, start / 512), (1, 64), (2, 512)] {
            target.put64(target.field(872 + index * 8), value);
        }
        let log = Self { start, head: 1024 };
        target.put32(start, 0x5741_424c);
        target.put32(start + 12, 7);
        target.put32(start + 40, 9);
        target.put32(start + 44, 9);
        for (offset, value) in [(48, 1024), (56, 1024), (64, 1024), (72, 62 * 512)] {
            target.put64(start + offset, value);
        }
        log
    }

    /// Adds a record with a list of one 512-byte block, and its content unless it is a revocation.
    fn add(&mut self, target: &mut Target, kind: u32, byte: u64, content: &[u8]) {
        let record = self.start + self.head;
        target.put32(record, kind);
        target.put32(record + 4, 512 + content.len() as u32);
        target.put32(record + 8, 1);
        target.put64(record + 16, byte / 512);
        target.put32(record + 28, 512);
        let data = (record + 512) as usize;
        target.bytes[data..data + content.len()].copy_from_slice(content);
        self.head += 512 + content.len() as u64;
        target.put64(self.start + 48, self.head);
    }

    /// Adds a record about an inode without a name.
    fn unlink(&mut self, target: &mut Target, inode: u32) {
        let record = self.start + self.head;
        target.put32(record, INODES);
        target.put32(record + 4, 512);
        target.put32(record + 8, 1);
        target.put32(record + 16, inode);
        self.head += 512;
        target.put64(self.start + 48, self.head);
    }
}

/// An image with damaged inodes whose good copy is in the log.
fn logged(target: &mut Target) -> (LogWriter, u64) {
    let byte = target.superblock.inode_byte(target.inode("/two_levels")) / 512 * 512;
    let good = target.bytes[byte as usize..byte as usize + 512].to_vec();
    target.bytes[byte as usize..byte as usize + 512].fill(0);
    assert!(!target.check().is_clean());
    let mut log = LogWriter::new(target);
    log.add(target, BLOCKS, byte, &good);
    (log, byte)
}

#[test]
fn a_log_is_replayed() {
    for format in FORMATS {
        let mut target = populated(format);
        logged(&mut target);
        let report = target.check();
        assert!(report.is_clean(), "{format:?}:\n{}", text(&report));
        assert_eq!(report.findings[0].kind, Kind::JournalReplayed);
        assert_eq!(report.findings[0].found, "1 blocks");
    }
}

#[test]
fn the_newest_record_of_a_block_counts() {
    for format in FORMATS {
        let mut target = populated(format);
        let (mut log, byte) = logged(&mut target);
        log.add(&mut target, BLOCKS, byte, &[0; 512]);
        assert!(!target.check().is_clean(), "{format:?}");
    }
}

#[test]
fn revoked_blocks_are_not_replayed() {
    for format in FORMATS {
        let mut target = populated(format);
        let (mut log, byte) = logged(&mut target);
        log.add(&mut target, REVOCATIONS, byte, &[]);
        assert!(!target.check().is_clean(), "{format:?}");
    }
}

#[test]
fn inodes_that_the_log_knows_as_unlinked_need_no_name() {
    for format in FORMATS {
        let mut target = populated(format);
        let inode = target.inode("/empty");
        let entry = target.entry(2, "empty");
        target.put32(entry, 0);
        assert_eq!(kinds(&target.check()), BTreeSet::from([Kind::UnreferencedInode]));
        let mut log = LogWriter::new(&mut target);
        log.unlink(&mut target, inode);
        let report = target.check();
        assert!(report.is_clean(), "{format:?}:\n{}", text(&report));
    }
}

#[test]
fn a_damaged_log_is_reported() {
    for format in FORMATS {
        let mut clean = populated(format);
        let mut log = LogWriter::new(&mut clean);
        log.add(&mut clean, BLOCKS, 4096, &[0; 512]);
        let start = log.start;
        let damages = [(0, 1), (40, 40), (44, 3), (1024, 9), (1028, 100), (1032, 1000), (1052, 1 << 30)];
        for (offset, value) in damages {
            let mut target = clean.clone();
            target.put32(start + offset, value);
            assert_eq!(kinds(&target.check()), BTreeSet::from([Kind::Journal]), "{format:?} at {offset}");
        }
        for (offset, value) in
            [(48, 1023), (48, 1 << 40), (56, 600), (64, 1 << 50), (72, 0), (72, 513), (1040, 1 << 60)]
        {
            let mut target = clean.clone();
            target.put64(start + offset, value);
            assert_eq!(kinds(&target.check()), BTreeSet::from([Kind::Journal]), "{format:?} at {offset}");
        }
    }
}

/// Makes the file `/quota` of the tree the users' quota file, with an entry for each user, and takes its name away.
///
/// Gives the offset of the file's block in the image.
fn with_quota(target: &mut Target) -> u64 {
    let inode = target.inode("/quota");
    let entry = target.entry(2, "quota");
    target.put32(entry, 0);
    target.put32(target.field(1312), 0x200);
    target.put32(target.field(904), 0xb746_915e);
    let flags = target.field(908) as usize;
    target.bytes[flags] = 1;
    target.put64(target.field(912), u64::from(inode));
    let byte = target.superblock.byte_offset(target.get_pointer(target.pointer(inode, 0)));
    target.put32(byte, 0xb746_915e);
    target.bytes[byte as usize + 5] = 8;
    target.put16(byte + 6, 256);
    let mut report = Report::new(0);
    let volume = Volume { image: &target.bytes, superblock: &target.superblock };
    let inodes = inventory::take(volume, &mut report);
    let users: Vec<_> = inodes.users.into_iter().collect();
    let [(user, held)] = users.as_slice() else { panic!("one user made the tree") };
    // The entries after the hash table, all but the first in the free list.
    let count = (4096 - 112 - 2048) / 96;
    let at = |index: u64| 112 + 2048 + index * 96;
    target.put64(byte + 112 + u64::from(user % 256) * 8, at(0));
    // The file that is now hidden was still counted.
    let hidden = target.superblock.block_size as u64 / 512;
    target.put64(byte + at(0) + 16, held.blocks - hidden);
    target.put64(byte + at(0) + 56, held.inodes - 1);
    target.put32(byte + at(0) + 88, *user);
    target.put64(byte + 104, at(1));
    for index in 1..count - 1 {
        target.put64(byte + at(index) + 80, at(index + 1));
    }
    byte
}

#[test]
fn quota_files_are_checked() {
    for format in FORMATS {
        let mut clean = populated(format);
        let byte = with_quota(&mut clean);
        let report = clean.check();
        assert!(report.is_clean(), "{format:?}:\n{}", text(&report));
        let first = byte + 112 + 2048;
        // Usage, identity, a list that ends early, runs in a circle, leads outside; header fields.
        let damages = [
            (first + 16, 5),
            (first + 56, 5),
            (first + 88, 0x100_0000_0100),
            (first + 96 * 3 + 80, 0),
            (first + 96 * 3 + 80, 112 + 2048 + 96),
            (first + 96 * 3 + 80, 113),
            (first + 96 * 3 + 80, 1 << 50),
            (byte + 104, 0),
            (byte, 0),
        ];
        for (at, value) in damages {
            let mut target = clean.clone();
            target.put64(at, value);
            let report = target.check();
            assert_eq!(
                kinds(&report),
                BTreeSet::from([Kind::Quota]),
                "{format:?} {}:\n{}",
                at - byte,
                text(&report)
            );
        }
        let mut target = clean.clone();
        let inode = target.get64(target.field(912)) as u32;
        target.put16(target.inode_field(inode, 0, 0), 0o120_644);
        assert_eq!(kinds(&target.check()), BTreeSet::from([Kind::Quota]), "{format:?}");
    }
}
