//! Quotas that are kept in the file system: two files without names, one for users and one for groups.
//!
//! Format: sys/ufs/ufs/quota2.h of NetBSD.

use std::collections::{BTreeMap, BTreeSet};

use crate::inode::{TYPE_REGULAR, Use, Visit, Volume, walk};
use crate::inventory::{Inventory, State, Usage};
use crate::report::{Finding, Kind, Report};
use crate::superblock::{FLAG_QUOTA, Superblock};

const MAGIC: u32 = 0xb746_915e;
/// Bytes of the header before the hash table.
const HEADER: u64 = 112;
const ENTRY: u64 = 96;

/// The quota inodes, which no directory names.
pub fn inodes(superblock: &Superblock) -> Vec<u32> {
    if superblock.flags & FLAG_QUOTA == 0 {
        return Vec::new();
    }
    let numbers = (0..2).filter_map(|kind| u32::try_from(superblock.raw.i64(912 + kind * 8)).ok());
    numbers.filter(|number| *number != 0).collect()
}

/// Checks the quota inodes, their lists, and the usage they have against what the inodes hold.
pub fn check(volume: Volume<'_>, inventory: &Inventory, report: &mut Report) {
    let raw = &volume.superblock.raw;
    if volume.superblock.flags & FLAG_QUOTA == 0 {
        return;
    }
    let wrong = |field: &str, offset: usize| {
        Finding::error(Kind::Quota).field(field).byte(raw.location + offset as u64)
    };
    if raw.u32(904) != MAGIC {
        report
            .add(wrong("fs_quota_magic", 904).values(format!("{:#x}", raw.u32(904)), format!("{MAGIC:#x}")));
        return;
    }
    let flags = raw.u8(908);
    if flags & 3 == 0 {
        report.add(wrong("fs_quota_flags", 908).values(flags, "1, 2 or 3"));
    }
    for (kind, usage) in [(0_u8, &inventory.users), (1, &inventory.groups)] {
        let offset = 912 + usize::from(kind) * 8;
        let number = raw.i64(offset);
        let on = flags & (1 << kind) != 0;
        if !on && number != 0 {
            report.add(wrong("fs_quotafile", offset).values(number, 0));
        } else if on {
            let inode = u32::try_from(number).ok().filter(|inode| inventory.state(*inode) == State::File);
            match inode {
                Some(inode) => check_file(volume, inode, kind, usage, report),
                None => report.add(wrong("fs_quotafile", offset).values(number, "an inode in use")),
            }
        }
    }
}

/// A quota file with the places of its blocks.
struct QuotaFile<'a> {
    volume: Volume<'a>,
    inode: u32,
    blocks: BTreeMap<u64, u64>,
    /// Whole blocks of the file.
    length: u64,
    hash_size: u64,
}

fn check_file(volume: Volume<'_>, number: u32, kind: u8, usage: &BTreeMap<u32, Usage>, report: &mut Report) {
    let block_size = u64::from(volume.superblock.block_size);
    let finding = |kind| Finding::error(kind).inode(number);
    let inode = match volume.inode(number) {
        Ok(inode) => inode,
        Err(error) => return report.add(finding(Kind::QuotaUnreadable).values(error, "an inode")),
    };
    if inode.file_type() != TYPE_REGULAR {
        return report.add(finding(Kind::Quota).values(format!("mode {:o}", inode.mode), "a regular file"));
    }
    let mut blocks = BTreeMap::new();
    let mut seen = BTreeSet::new();
    walk(volume, &inode, &mut |visit| {
        let Visit::Block { pointer, purpose, .. } = visit else { return false };
        let Ok(fragment) = u64::try_from(pointer) else { return false };
        let fresh = fragment < volume.superblock.size && seen.insert(fragment);
        if let (Use::Data(index), true) = (purpose, fresh) {
            blocks.insert(index, fragment);
        }
        fresh
    });
    let shift = (8..15).find(|shift| (8 << (shift + 1)) + HEADER > block_size).unwrap_or(15);
    let file =
        QuotaFile { volume, inode: number, blocks, length: inode.size / block_size, hash_size: 1 << shift };
    let Some(header) = file.read(0, HEADER as usize + file.hash_size as usize * 8) else {
        return report.add(finding(Kind::QuotaUnreadable).values("no first block", "a header"));
    };
    let order = volume.superblock.raw.order;
    let expected = (MAGIC, Some(&kind), Some(&shift), u16::try_from(file.hash_size).unwrap_or(0));
    let found = (order.u32(&header, 0), header.get(4), header.get(5), order.u16(&header, 6));
    if found != expected {
        return report
            .add(finding(Kind::Quota).values(format!("header {found:x?}"), format!("{expected:x?}")));
    }
    file.lists(&header, usage, report);
}

impl QuotaFile<'_> {
    /// Reads within one block of the file.
    fn read(&self, offset: u64, length: usize) -> Option<Vec<u8>> {
        let superblock = self.volume.superblock;
        let block_size = u64::from(superblock.block_size);
        let fragment = self.blocks.get(&(offset / block_size))?;
        let mut bytes = vec![0; length];
        let byte = superblock.byte_offset(*fragment) + offset % block_size;
        self.volume.image.read_exact_at(byte, &mut bytes).ok()?;
        Some(bytes)
    }

    fn finding(&self) -> Finding {
        Finding::error(Kind::Quota).inode(self.inode)
    }

    /// Whether an entry can be at `offset` of the file.
    fn is_entry(&self, offset: u64) -> bool {
        let block_size = u64::from(self.volume.superblock.block_size);
        let first = if offset < block_size { HEADER + self.hash_size * 8 } else { 0 };
        let inside = offset % block_size;
        let aligned = inside.checked_sub(first).is_some_and(|from| from.is_multiple_of(ENTRY));
        aligned && inside + ENTRY <= block_size && offset / block_size < self.length
    }

    fn entries(&self) -> u64 {
        let block_size = u64::from(self.volume.superblock.block_size);
        let first = block_size.saturating_sub(HEADER + self.hash_size * 8) / ENTRY;
        first + self.length.saturating_sub(1) * (block_size / ENTRY)
    }

    /// Follows the free list and every hash list.
    fn lists(&self, header: &[u8], usage: &BTreeMap<u32, Usage>, report: &mut Report) {
        let order = self.volume.superblock.raw.order;
        let mut seen = BTreeSet::new();
        let mut left: BTreeMap<u32, Usage> = usage.clone();
        let free = std::iter::once((None, order.u64(header, 104)));
        let hashed =
            (0..self.hash_size).map(|hash| (Some(hash), order.u64(header, (HEADER + hash * 8) as usize)));
        for (hash, head) in free.chain(hashed) {
            let mut at = head;
            while at != 0 {
                if !self.is_entry(at) || !seen.insert(at) {
                    report.add(
                        self.finding().values(format!("list entry at {at}"), "the offset of a further entry"),
                    );
                    break;
                }
                let Some(entry) = self.read(at, ENTRY as usize) else {
                    report.add(self.finding().values(format!("list entry at {at} in a hole"), "an entry"));
                    break;
                };
                if let Some(hash) = hash {
                    self.entry(&entry, hash, &mut left, report);
                }
                at = order.u64(&entry, 80);
            }
        }
        let lost = self.entries().saturating_sub(seen.len() as u64);
        if lost > 0 {
            report.add(self.finding().values(format!("{lost} entries in no list"), 0));
        }
        for (id, held) in left.iter().filter(|(_, held)| **held != Usage::default()) {
            let found = format!("no entry for id {id}");
            report.add(
                self.finding().values(found, format!("{} blocks and {} inodes", held.blocks, held.inodes)),
            );
        }
    }

    fn entry(&self, entry: &[u8], hash: u64, left: &mut BTreeMap<u32, Usage>, report: &mut Report) {
        let order = self.volume.superblock.raw.order;
        let id = order.u32(entry, 88);
        if u64::from(id) & (self.hash_size - 1) != hash {
            report.add(
                self.finding()
                    .values(format!("id {id} in hash list {hash}"), u64::from(id) & (self.hash_size - 1)),
            );
        }
        let held = left.remove(&id).unwrap_or_default();
        let says = Usage { blocks: order.u64(entry, 16), inodes: order.u64(entry, 56) };
        if says != held {
            let expected = format!("{} blocks and {} inodes", held.blocks, held.inodes);
            let found = format!("{} blocks and {} inodes for id {id}", says.blocks, says.inodes);
            report.add(self.finding().values(found, expected));
        }
    }
}
