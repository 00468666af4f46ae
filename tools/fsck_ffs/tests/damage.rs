//! Every kind of finding: a clean image is damaged in one way, and exactly that is reported.

mod support;

use std::collections::BTreeSet;
use std::io;
use std::ops::Range;

use fsck_ffs::{Kind, Options, ReadAt, check};
use support::{FORMATS, Target, kinds, populated, text};

use Kind::*;

/// Damages the populated image of every format and requires the kinds of findings to be those.
fn expect(about: &str, expected: &[Kind], damage: impl Fn(&mut Target)) {
    for format in FORMATS {
        let mut target = populated(format);
        damage(&mut target);
        let report = target.check();
        let expected: BTreeSet<Kind> = expected.iter().copied().collect();
        assert_eq!(kinds(&report), expected, "{about}, {format:?}:\n{}", text(&report));
    }
}

/// As `expect`, with the path of a file whose inode is damaged.
fn expect_inode(path: &str, expected: &[Kind], damage: impl Fn(&mut Target, u32)) {
    expect(path, expected, |target| {
        let inode = target.inode(path);
        damage(target, inode);
    });
}

/// As `expect`, with an entry of the root directory.
fn expect_entry(name: &str, expected: &[Kind], damage: impl Fn(&mut Target, u64)) {
    expect(name, expected, |target| {
        let entry = target.entry(2, name);
        damage(target, entry);
    });
}

const LAST_DIRECTORY: &str = "/d1/d2/d3/d4/d5/d6";

#[test]
fn superblock_fields() {
    let fields = [("minfree", 60), ("optim", 128), ("maxsymlinklen", 1320), ("maxbpg", 92)];
    for (name, offset) in fields {
        expect(name, &[SuperblockField], |target| target.put32(target.field(offset), u32::MAX - 5));
    }
    for (name, offset) in [("maxfilesize", 1328), ("qbmask", 1336), ("qfmask", 1344), ("sblockloc", 1000)] {
        expect(name, &[SuperblockField], |target| target.put64(target.field(offset), 77));
    }
    expect("flags", &[SuperblockField], |target| target.put32(target.field(1312), 0x40));
    for (name, offset) in [("bmask", 72), ("fmask", 76), ("bshift", 80), ("fshift", 84), ("fragshift", 96)] {
        let both = [SuperblockField, AlternateSuperblock];
        expect(name, &both, |target| target.put32(target.field(offset), 99));
    }
    for (name, offset) in [("interleave", 136), ("npsect", 132)] {
        for format in FORMATS.into_iter().filter(|format| format.version == 1) {
            let mut target = populated(format);
            target.put32(target.field(offset), 0x7000_0000);
            assert_eq!(kinds(&target.check()), BTreeSet::from([SuperblockField]), "{name}");
        }
    }
}

#[test]
fn superblock_geometry_stops_the_check() {
    let fields = [
        ("sblkno", 8),
        ("cblkno", 12),
        ("iblkno", 16),
        ("dblkno", 20),
        ("ncg", 44),
        ("bsize", 48),
        ("fsize", 52),
        ("frag", 56),
        ("sbsize", 104),
        ("nindir", 116),
        ("inopb", 120),
        ("cgsize", 160),
        ("ipg", 184),
        ("fpg", 188),
        ("contigsumsize", 1316),
    ];
    for (name, offset) in fields {
        for value in [0x7fff_fff1, 0xffff_fff1_u32] {
            if name == "contigsumsize" && value > i32::MAX as u32 {
                continue;
            }
            expect(name, &[SuperblockField], |target| {
                target.put32(target.field(offset), value);
                assert!(target.check().stopped, "{name}");
            });
        }
    }
    expect("cssize", &[SuperblockField], |target| target.put32(target.field(156), 1));
    expect("csaddr", &[SuperblockField], |target| target.put64(target.field(1096), 1 << 40));
    expect("size", &[ImageTooShort], |target| target.put64(target.field(1080), 1 << 40));
    expect("size 0", &[SuperblockField], |target| target.put64(target.field(1080), 0));
}

#[test]
fn clean_flag_and_copies() {
    for format in FORMATS {
        let mut target = populated(format);
        let at = target.field(209) as usize;
        target.bytes[at] = 0;
        assert!(target.check().is_clean());
        assert_eq!(target.check().notes, 1);
        let strict = check(&target.bytes, &Options { require_clean: true, ..Options::default() }).unwrap();
        assert_eq!(kinds(&strict), BTreeSet::from([NotClean]));
    }
    for offset in [8, 48, 104, 184, 188, 1372] {
        expect("copy", &[AlternateSuperblock], |target| {
            let copy = target.superblock.byte_offset(target.superblock.group_superblock(1));
            target.put32(copy + offset, 12345);
        });
    }
    // A field that only the primary superblock keeps.
    expect("copy", &[], |target| {
        let copy = target.superblock.byte_offset(target.superblock.group_superblock(1));
        target.put64(copy + 1008, 12345);
    });
}

#[test]
fn group_fields() {
    expect("magic", &[GroupMagic], |target| target.put32(target.group(1, 4), 1));
    let fields = [0, 12, 20, 84, 88, 92, 96, 100, 104, 108, 112, 116, 124, 144, 160];
    for offset in fields {
        expect(&format!("offset {offset}"), &[GroupField], |target| target.add32(target.group(1, offset), 3));
    }
    for offset in [16, 18] {
        expect(&format!("offset {offset}"), &[GroupField], |target| {
            let at = target.group(0, offset);
            target.put16(at, target.get16(at) + 1);
        });
    }
    for offset in [40, 44, 48] {
        for value in [u32::MAX, 1_000_000] {
            expect("rotor", &[GroupRotor], |target| target.put32(target.group(1, offset), value));
        }
    }
    expect("initediblk", &[GroupInitializedInodes], |target| target.put32(target.group(1, 120), 0x7000_0000));
    expect("initediblk", &[GroupInitializedInodes], |target| target.put32(target.group(1, 120), u32::MAX));
}

#[test]
fn counts() {
    for index in 0..4 {
        expect("cg_cs", &[GroupCounts], |target| target.add32(target.group(1, 24 + index * 4), 1));
        expect("summary", &[SummaryCounts], |target| {
            let summary = target.superblock.byte_offset(target.superblock.summary_address);
            target.add32(summary + 16 + index * 4, 1);
        });
        expect("total", &[TotalCounts], |target| {
            let at = target.field(1008 + index * 8);
            target.put64(at, target.get64(at) + 1);
        });
    }
    // The 32-bit totals are not kept up in this layout.
    expect("old total", &[], |target| target.put32(target.field(192), 4711));
    for length in 0..8 {
        expect("frsum", &[FragmentSums], |target| target.add32(target.group(0, 52 + length * 4), 1));
    }
    expect("cluster sum", &[ClusterSums], |target| {
        let sums = target.map(1, 104);
        target.add32(sums + 4, 1);
    });
}

#[test]
fn maps() {
    expect("cluster map", &[ClusterMap], |target| {
        let map = target.map(1, 108);
        target.flip(map, 5);
    });
    expect("used marked free", &[UsedMarkedFree], |target| {
        let inode = target.inode("/two_levels");
        let fragment = target.get_pointer(target.pointer(inode, 3));
        let group = (fragment / u64::from(target.superblock.fragments_per_group)) as u32;
        let map = target.map(group, 96);
        target.flip(map, fragment - target.superblock.group_base(group));
    });
    expect("lost", &[LostFragments], |target| {
        let group = target.superblock.groups - 1;
        let bit = target.free_block() - target.superblock.group_base(group);
        let map = target.map(group, 96);
        target.flip(map, bit);
    });
    expect("inode marked free", &[InodeMarkedFree], |target| {
        let bit = u64::from(target.inode("/empty"));
        let map = target.map(0, 92);
        target.flip(map, bit);
    });
    expect("inode marked used", &[InodeMarkedUsed], |target| {
        let bit = u64::from(target.free_inode());
        let map = target.map(0, 92);
        target.flip(map, bit);
    });
    expect("inode 1", &[InodeMarkedFree], |target| {
        let map = target.map(0, 92);
        target.flip(map, 1);
    });
    expect("map past end", &[MapPastEnd], |target| {
        let group = target.superblock.groups - 1;
        let end = target.superblock.group_fragments(group);
        assert!(end < u64::from(target.superblock.fragments_per_group), "the last group must be shorter");
        let map = target.map(group, 96);
        target.flip(map, end);
    });
}

#[test]
fn inode_fields() {
    expect_inode("/empty", &[InodeMode], |target, inode| {
        target.put16(target.inode_field(inode, 0, 0), 0o050_644);
    });
    expect_inode("/empty", &[InodeSize], |target, inode| {
        target.put64(target.inode_field(inode, 8, 16), 1 << 62);
    });
    expect_inode("/fragments", &[BlockCount], |target, inode| {
        let at = target.inode_field(inode, 104, 24);
        if target.old() { target.add32(at, 2) } else { target.put64(at, target.get64(at) + 2) }
    });
    for path in ["/fragments", "/empty", "/d1", LAST_DIRECTORY, "/"] {
        expect_inode(path, &[LinkCount], |target, inode| {
            let at = target.inode_field(inode, 2, 2);
            target.put16(at, target.get16(at) + 1);
        });
    }
    expect("free inode", &[PartlyAllocatedInode], |target| {
        let inode = target.free_inode();
        target.put64(target.inode_field(inode, 8, 16), 5);
    });
    expect("free inode", &[PartlyAllocatedInode], |target| {
        let inode = target.free_inode();
        target.put_pointer(target.pointer(inode, 13), 9);
    });
    for value in [u32::MAX, 9000] {
        for format in FORMATS.into_iter().filter(|format| format.version == 2) {
            let mut target = populated(format);
            let inode = target.inode("/fragments");
            target.put32(target.inode_field(inode, 0, 92), value);
            assert_eq!(kinds(&target.check()), BTreeSet::from([ExtendedAttributeSize]));
        }
    }
}

#[test]
fn block_pointers() {
    for index in [1, 7, 12, 14] {
        expect_inode("/fragments", &[BlockPastEnd], |target, inode| {
            target.put_pointer(target.pointer(inode, index), target.free_block() as i64);
        });
    }
    expect_inode("/one_level", &[BlockPastEnd], |target, inode| {
        let indirect = target.superblock.byte_offset(target.get_pointer(target.pointer(inode, 12)));
        target.put_pointer(indirect + 4096 - 8, 4711);
    });
    for path in ["/fifo", "/empty"] {
        expect_inode(path, &[BlockPastEnd], |target, inode| {
            target.put_pointer(target.pointer(inode, 0), 4711)
        });
    }
    expect_inode("/symlink_1", &[BlockPastEnd], |target, inode| {
        target.put_pointer(target.pointer(inode, 14), 1)
    });
    for pointer in [-1, 1 << 30, i64::from(i32::MIN)] {
        expect_inode("/fragments", &[BlockOutOfRange, LostFragments], |target, inode| {
            target.put_pointer(target.pointer(inode, 0), pointer);
        });
    }
    expect_inode("/fragments", &[BlockMisaligned, LostFragments], |target, inode| {
        target.put_pointer(target.pointer(inode, 0), target.free_block() as i64 + 3);
    });
    let metadata: [fn(&Target) -> u64; 5] = [
        |target| target.superblock.group_block(1),
        |target| target.superblock.group_superblock(1),
        |target| target.superblock.group_inodes(0),
        |target| target.superblock.summary_address,
        |_| 8,
    ];
    for place in metadata {
        expect_inode("/fragments", &[BlockInMetadata, LostFragments], |target, inode| {
            target.put_pointer(target.pointer(inode, 0), place(target) as i64);
        });
    }
}

#[test]
fn shared_blocks() {
    expect_inode("/fragments", &[DuplicateBlock, LostFragments], |target, inode| {
        let other = target.inode("/one_level");
        let pointer = target.get_pointer(target.pointer(other, 2));
        target.put_pointer(target.pointer(inode, 0), pointer as i64);
        let report = target.check();
        let finding = report.findings.iter().find(|finding| finding.kind == DuplicateBlock).unwrap();
        let owners = BTreeSet::from([inode, other]);
        let named = finding.place.inode.unwrap();
        assert!(owners.contains(&named) && finding.place.fragment == Some(pointer as i64));
        let rest = owners.iter().find(|owner| **owner != named).unwrap();
        assert_eq!(finding.found, format!("6 fragments also held by inode {rest}"));
    });
    // The indirect block is not followed a second time.
    expect_inode("/two_levels", &[DuplicateBlock, LostFragments, BlockCount], |target, inode| {
        let pointer = target.get_pointer(target.pointer(inode, 12));
        target.put_pointer(target.pointer(inode, 13), pointer as i64);
    });
}

#[test]
fn devices() {
    let make = |target: &mut Target| {
        let inode = target.inode("/fifo");
        target.put16(target.inode_field(inode, 0, 0), 0o020_644);
        target.put_pointer(target.pointer(inode, 0), 0x7fff_0103);
        let entry = target.entry(2, "fifo");
        target.bytes[entry as usize + 6] = 2;
        inode
    };
    expect("device", &[], |target| {
        make(target);
    });
    expect("device", &[BlockPastEnd], |target| {
        let inode = make(target);
        target.put_pointer(target.pointer(inode, 1), 1);
    });
}

#[test]
fn directories_as_inodes() {
    for size in [20, 500] {
        expect_inode(LAST_DIRECTORY, &[DirectorySize], |target, inode| {
            target.put64(target.inode_field(inode, 8, 16), size);
        });
    }
    expect_inode("/many", &[DirectoryHole, BlockCount, LostFragments, UnreferencedInode], |target, inode| {
        target.put_pointer(target.pointer(inode, 1), 0);
    });
    for format in FORMATS {
        for mode in [0, 0o100_644] {
            let mut target = populated(format);
            target.put16(target.inode_field(2, 0, 0), mode);
            // Much else hangs from the root.
            assert!(kinds(&target.check()).contains(&RootInode), "{format:?}");
        }
    }
}

#[test]
fn records_of_directories() {
    for length in [0, 4, 8, 10, 13, 504, 4096, u16::MAX] {
        expect_inode("/empty_directory", &[RecordLength], |target, inode| {
            let at = target.entry(inode, "..");
            target.put16(at + 4, length);
        });
    }
    expect_entry("empty", &[EntryName, UnreferencedInode], |target, entry| {
        target.bytes[entry as usize + 9] = b'/';
    });
    expect_entry("empty", &[EntryName, UnreferencedInode], |target, entry| {
        target.bytes[entry as usize + 10] = 0;
    });
    expect_entry("empty", &[EntryName, UnreferencedInode], |target, entry| {
        target.bytes[entry as usize + 13] = b'x';
    });
    expect_entry("empty", &[EntryName, UnreferencedInode], |target, entry| {
        target.bytes[entry as usize + 7] = 0;
    });
    for kind in [0, 4, 10, 15] {
        expect_entry("empty", &[EntryType], |target, entry| target.bytes[entry as usize + 6] = kind);
    }
    expect_entry("empty", &[EntryInode, UnreferencedInode], |target, entry| {
        target.put32(entry, target.superblock.inode_count());
    });
    expect_entry("empty", &[EntryUnallocated, UnreferencedInode], |target, entry| {
        target.put32(entry, target.free_inode());
    });
    expect_entry("empty", &[Whiteout, UnreferencedInode], |target, entry| target.put32(entry, 1));
    expect_entry("empty", &[Whiteout, UnreferencedInode], |target, entry| {
        target.bytes[entry as usize + 6] = 14
    });
    expect_entry("empty", &[UnreferencedInode], |target, entry| {
        target.put32(entry, 1);
        target.bytes[entry as usize + 6] = 14;
    });
    expect_entry("empty", &[UnreferencedInode], |target, entry| target.put32(entry, 0));
}

#[test]
fn dots() {
    let dot = |name: &'static str, kind: Kind, damage: fn(&mut Target, u64)| {
        expect_inode(LAST_DIRECTORY, &[kind], move |target, inode| {
            let at = target.entry(inode, name);
            damage(target, at);
        });
    };
    dot(".", MissingDot, |target, at| target.put32(at, 0));
    dot(".", WrongDot, |target, at| target.put32(at, 2));
    dot(".", EntryType, |target, at| target.bytes[at as usize + 6] = 8);
    dot("..", MissingDotDot, |target, at| target.put32(at, 0));
    dot("..", WrongDotDot, |target, at| target.put32(at, 2));
    dot("..", EntryType, |target, at| target.bytes[at as usize + 6] = 8);
    for (name, kind) in [(".", ExtraDot), ("..", ExtraDotDot)] {
        expect_entry("empty", &[kind, UnreferencedInode], |target, entry| {
            target.bytes[entry as usize + 7] = name.len() as u8;
            target.bytes[entry as usize + 8..entry as usize + 11].fill(0);
            target.bytes[entry as usize + 8..entry as usize + 8 + name.len()]
                .copy_from_slice(name.as_bytes());
        });
    }
}

#[test]
fn the_tree() {
    expect_inode("/many", &[DuplicateName], |target, inode| {
        let at = target.entry(inode, "name_of_a_file_0300") as usize;
        target.bytes[at + 8..at + 27].copy_from_slice(b"name_of_a_file_0301");
    });
    expect_inode("/d1/d2", &[DirectoryLinkedTwice, UnreferencedInode, LinkCount], |target, inode| {
        let entry = target.entry(2, "empty");
        target.put32(entry, inode);
        target.bytes[entry as usize + 6] = 4;
    });
    expect_inode("/d1/d2/d3/d4/d5", &[UnreferencedDirectory], |target, inode| {
        let entry = target.entry(inode, "d6");
        target.put32(entry, 0);
    });
    expect_inode(LAST_DIRECTORY, &[DirectoryCycle, LinkCount], |target, last| {
        let first = target.inode("/d1");
        let entry = target.entry(2, "d1");
        target.put32(entry, 0);
        let up = target.entry(first, "..");
        target.put32(up, last);
        // The last entry of the last directory becomes a name of the first.
        let entry = target.entry(last, "hard");
        target.put32(entry, first);
        target.bytes[entry as usize + 6] = 4;
    });
}

#[test]
fn journal_and_quota() {
    let flagged = |target: &mut Target, flags: u32| target.put32(target.field(1312), flags);
    expect("journal version", &[Journal], |target| flagged(target, 0x100));
    for location in [0, 1, 2, 7] {
        expect("journal location", &[Journal], |target| {
            flagged(target, 0x100);
            let at = target.field(864) as usize;
            target.bytes[at] = 1;
            target.bytes[at + 1] = location;
        });
    }
    expect("log", &[Journal], |target| {
        flagged(target, 0x100);
        let at = target.field(864) as usize;
        target.bytes[at] = 1;
        target.bytes[at + 1] = 1;
        for (index, value) in [(0, target.free_block() * 512 / 512), (1, 100), (2, 512)] {
            target.put64(target.field(872 + index * 8), value);
        }
    });
    expect("journal flags", &[Journal], |target| target.put32(target.field(868), 0x0707_0707));
    expect("quota magic", &[Quota], |target| flagged(target, 0x200));
    for (flags, inode) in [(0, 0), (1, 0), (3, 0), (2, 1 << 40), (0, 5)] {
        expect("quota flags", &[Quota], |target| {
            flagged(target, 0x200);
            target.put32(target.field(904), 0xb746_915e);
            let at = target.field(908) as usize;
            target.bytes[at] = flags;
            target.put64(target.field(912), inode);
            target.put64(target.field(920), inode);
            // The inode that is then exempt from having a name has one.
        });
    }
}

/// An image with a part that cannot be read.
struct Failing {
    bytes: Vec<u8>,
    part: Range<u64>,
}

impl ReadAt for Failing {
    fn length(&self) -> u64 {
        self.bytes.length()
    }

    fn read_exact_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        if offset < self.part.end && offset + buffer.len() as u64 > self.part.start {
            return Err(io::Error::other("a bad sector"));
        }
        self.bytes.read_exact_at(offset, buffer)
    }
}

#[test]
fn unreadable_parts() {
    type Place = fn(&Target) -> u64;
    let parts: [(Kind, Place); 6] = [
        (GroupUnreadable, |target| target.group(1, 0)),
        (AlternateSuperblock, |target| target.superblock.byte_offset(target.superblock.group_superblock(1))),
        (SummaryUnreadable, |target| target.superblock.byte_offset(target.superblock.summary_address)),
        (InodesUnreadable, |target| target.superblock.inode_byte(300)),
        (DirectoryUnreadable, |target| {
            let inode = target.inode("/many");
            target.superblock.byte_offset(target.get_pointer(target.pointer(inode, 1)))
        }),
        (IndirectUnreadable, |target| {
            let inode = target.inode("/one_level");
            target.superblock.byte_offset(target.get_pointer(target.pointer(inode, 12)))
        }),
    ];
    for format in FORMATS {
        for (kind, place) in parts {
            let target = populated(format);
            let at = place(&target);
            let report =
                check(&Failing { bytes: target.bytes, part: at..at + 512 }, &Options::default()).unwrap();
            assert!(kinds(&report).contains(&kind), "{kind:?}, {format:?}:\n{}", text(&report));
        }
    }
}
