//! Layouts before UFS2: the tables by cylinder, and 4.2BSD's fixed group block and untyped directories.

mod support;

use std::collections::BTreeSet;

use fsck_ffs::Kind;
use fsck_ffs::directory::{Record, records};
use fsck_ffs::superblock::Superblock;
use support::{FORMATS, Format, Target, assert_clean, kinds, makefs, populate, text};

/// Sectors in a fragment of 1024 bytes.
const SECTORS: u32 = 2;

fn cylinders(superblock: &Superblock, sectors_per_cylinder: u32) -> u32 {
    (superblock.size * u64::from(SECTORS)).div_ceil(u64::from(sectors_per_cylinder)) as u32
}

/// The rotational geometry that the tables are made for.
struct Rotation {
    fixed_layout: bool,
    cylinders_per_group: u32,
    positions: u32,
    sectors: u32,
}

impl Rotation {
    /// The group block has no room for large tables and the cluster map.
    fn has_clusters(&self) -> bool {
        !self.fixed_layout && self.positions == 1
    }
}

/// The offsets of a copy of the superblock, and of the primary one.
fn superblocks(target: &Target) -> Vec<u64> {
    let superblock = &target.superblock;
    let copies =
        (0..superblock.groups).map(|group| superblock.byte_offset(superblock.group_superblock(group)));
    copies.chain([superblock.raw.location]).collect()
}

/// Changes a UFS1 image of the updated layout to one before it.
fn convert(target: &mut Target, rotation: &Rotation) {
    let superblock = target.superblock.clone();
    let sectors_per_cylinder = superblock.fragments_per_group * SECTORS / rotation.cylinders_per_group;
    if rotation.fixed_layout {
        untype(target);
    }
    for at in superblocks(target) {
        target.bytes[at as usize + 211] &= 0x7f;
        if rotation.fixed_layout {
            target.bytes[at as usize + 860..at as usize + 1372].fill(0xff);
        }
        let fields = [
            (132, rotation.sectors),
            (136, 1),
            (140, 0),
            (160, superblock.block_size),
            (168, rotation.sectors),
            (172, sectors_per_cylinder),
            (176, cylinders(&superblock, sectors_per_cylinder)),
            (180, rotation.cylinders_per_group),
        ];
        for (offset, value) in fields {
            target.put32(at + offset, value);
        }
        if !rotation.fixed_layout {
            target.put32(at + 1360, rotation.positions);
            if !rotation.has_clusters() {
                target.put32(at + 1316, 0);
            }
        }
    }
    for group in 0..superblock.groups {
        rebuild_group(target, rotation, group, sectors_per_cylinder);
    }
}

/// Directory entries get 2-byte lengths of names instead of types.
fn untype(target: &mut Target) {
    let superblock = target.superblock.clone();
    let inodes = (2..superblock.inode_count()).map(|inode| target.parsed(inode));
    let directories: Vec<_> = inodes.filter(|inode| inode.file_type() == 0o040_000).collect();
    for directory in directories {
        for (index, pointer) in (0..).zip(directory.direct).filter(|(_, pointer)| *pointer != 0) {
            let start = superblock.byte_offset(pointer as u64) as usize;
            let length = (directory.size as usize - index * 8192).min(8192);
            let found: Vec<(usize, u16)> = records(&superblock, &target.bytes[start..start + length])
                .into_iter()
                .filter_map(|(offset, record)| match record {
                    Record::Entry(entry) => Some((offset, entry.name.len() as u16)),
                    _ => None,
                })
                .collect();
            for (offset, name) in found {
                target.put16((start + offset + 6) as u64, name);
            }
        }
    }
}

fn rebuild_group(target: &mut Target, rotation: &Rotation, group: u32, sectors_per_cylinder: u32) {
    let superblock = target.superblock.clone();
    let byte = target.group(group, 0);
    let header = target.bytes[byte as usize..byte as usize + 168].to_vec();
    let part = |target: &Target, field: u64, length: u32| {
        let start = target.map(group, field) as usize;
        target.bytes[start..start + length as usize].to_vec()
    };
    let inode_map = part(target, 92, superblock.inodes_per_group.div_ceil(8));
    let free_map = part(target, 96, superblock.fragments_per_group.div_ceil(8));
    let sums = part(target, 104, (superblock.cluster_sums + 1) * 4);
    let cluster_map = part(target, 108, superblock.fragments_per_group.div_ceil(64));
    target.bytes[byte as usize..byte as usize + superblock.block_size as usize].fill(0);
    target.bytes[byte as usize..byte as usize + 84].copy_from_slice(&header[..84]);
    let (totals, positions, inodes, free) = if rotation.fixed_layout {
        target.put32(byte + 4, 0);
        target.put32(byte + 980, 0x0009_0255);
        (84, 212, 724, 984)
    } else {
        let positions = 168 + u64::from(rotation.cylinders_per_group) * 4;
        let inodes = positions + u64::from(rotation.cylinders_per_group * rotation.positions) * 2;
        (168, positions, inodes, inodes + inode_map.len() as u64)
    };
    let cylinders = cylinders(&superblock, sectors_per_cylinder);
    let last = group + 1 == superblock.groups;
    let here = if last { cylinders % rotation.cylinders_per_group } else { rotation.cylinders_per_group };
    target.put16(byte + 16, here as u16);
    let mut place = |at: u64, bytes: &[u8]| {
        target.bytes[(byte + at) as usize..(byte + at) as usize + bytes.len()].copy_from_slice(bytes);
    };
    place(inodes, &inode_map);
    place(free, &free_map);
    let mut end = free + free_map.len() as u64;
    let mut offsets = vec![(84, totals), (88, positions), (92, inodes), (96, free)];
    if rotation.has_clusters() {
        let sums_at = (end - 4).next_multiple_of(4);
        // The number that is not used lies over the end of the map.
        place(sums_at + 4, &sums[4..]);
        let map_at = sums_at + sums.len() as u64;
        place(map_at, &cluster_map);
        end = map_at + cluster_map.len() as u64;
        offsets.extend([(104, sums_at), (108, map_at)]);
        place(112, &header[112..120]);
    }
    if !rotation.fixed_layout {
        offsets.push((100, end));
        for (at, value) in offsets {
            target.put32(byte + at, value as u32);
        }
    }
    for block in (0..superblock.group_fragments(group) / 8).filter(|block| free_map[*block as usize] == 0xff)
    {
        let sector = block * 8 * u64::from(SECTORS);
        let cylinder = sector / u64::from(sectors_per_cylinder);
        let within = sector % u64::from(sectors_per_cylinder) % u64::from(rotation.sectors);
        let position = within * u64::from(rotation.positions) / u64::from(rotation.sectors);
        target.add32(byte + totals + cylinder * 4, 1);
        let at = byte + positions + (cylinder * u64::from(rotation.positions) + position) * 2;
        target.put16(at, target.get16(at) + 1);
    }
}

fn old_images() -> Vec<(String, Target)> {
    let folder = tempfile::tempdir().unwrap();
    populate(folder.path());
    let rotations = [(false, 1, 1, 64), (false, 4, 8, 32), (true, 4, 8, 32)];
    let mut images = Vec::new();
    for format in FORMATS.into_iter().filter(|format| format.version == 1) {
        for (fixed_layout, cylinders_per_group, positions, sectors) in rotations {
            let format = Format { block: 8192, fragment: 1024, size: 96, density: 65536, ..format };
            let mut target = Target::new(makefs(format, folder.path()));
            assert!(target.superblock.groups > 1);
            // The fixed layout has room for that many inodes in a group.
            assert!(!fixed_layout || target.superblock.inodes_per_group <= 2048);
            convert(&mut target, &Rotation { fixed_layout, cylinders_per_group, positions, sectors });
            let about = format!("{format:?} fixed {fixed_layout}, {cylinders_per_group} cylinders");
            images.push((about, target));
        }
    }
    images
}

#[test]
fn old_layouts_are_clean() {
    for (about, target) in old_images() {
        assert_clean(&target.bytes, &about);
        let report = target.check();
        assert_eq!((report.files, report.directories), (715, 9), "{about}");
    }
}

#[test]
fn tables_and_old_totals_are_checked() {
    for (about, clean) in old_images() {
        let fixed = about.contains("fixed true");
        let positions = if fixed { 212 } else { u64::from(clean.get32(clean.group(1, 88))) };
        let totals = if fixed { 84 } else { 168 };
        let damages: [(Kind, u64); 5] = [
            (Kind::CylinderTotals, clean.group(1, totals)),
            (Kind::CylinderPositions, clean.group(1, positions)),
            (Kind::TotalCounts, clean.field(192)),
            (Kind::TotalCounts, clean.field(204)),
            (Kind::AlternateSuperblock, {
                clean.superblock.byte_offset(clean.superblock.group_superblock(1)) + 180
            }),
        ];
        for (kind, at) in damages {
            let mut target = clean.clone();
            if kind == Kind::CylinderPositions {
                target.put16(at, target.get16(at) + 1);
            } else {
                target.add32(at, 1);
            }
            let report = target.check();
            assert_eq!(kinds(&report), BTreeSet::from([kind]), "{about}:\n{}", text(&report));
        }
    }
}
