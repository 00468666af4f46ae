//! The fifth pass: the maps and counts of the cylinder groups, the summary area, the totals, the superblock copies.
//!
//! A derived number is wrong when it agrees neither with what the image derives it from nor with what the inodes and
//! directories say. Where those two differ, that is a finding of its own, so nothing goes unseen, and one damaged
//! place does not bring findings about everything derived from it.

use crate::bitmap::Bitmap;
use crate::cylinder_group::{COUNTS, Group, Layout};
use crate::free_space::{FreeSpace, cluster_sums};
use crate::inode::Volume;
use crate::inventory::{Inventory, State};
use crate::report::{Finding, Kind, Report};
use crate::superblock::{SUPERBLOCK_SIZE, Superblock, differences};

/// How many runs of fragments are reported for each group.
const LIMIT_RUNS: usize = 100;

/// The counts of a group from three sources, in the order of `COUNTS`.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    /// What the group block says.
    group: [i64; 4],
    /// What the summary area says.
    summary: [i64; 4],
    /// What the inodes and directories say.
    found: [i64; 4],
}

/// Checks every group, then the totals.
pub fn check(volume: Volume<'_>, inventory: &Inventory, report: &mut Report) {
    let superblock = volume.superblock;
    let layout = Layout::of(superblock);
    if layout.end > superblock.group_size as usize {
        let finding =
            Finding::error(Kind::SuperblockField).field("fs_cgsize").byte(superblock.raw.location + 160);
        report.add(finding.values(superblock.group_size, format!("at least {}", layout.end)));
        report.stopped = true;
        return;
    }
    let summary = read_summary(volume, report);
    let mut sums = Counts::default();
    for number in 0..superblock.groups {
        copy(volume, number, report);
        let counts = group(volume, inventory, layout, number, summary.as_deref(), report);
        for index in 0..COUNTS.len() {
            sums.group[index] += counts.group[index];
            sums.summary[index] += counts.summary[index];
            sums.found[index] += counts.found[index];
        }
    }
    totals(superblock, &sums, report);
}

fn read_summary(volume: Volume<'_>, report: &mut Report) -> Option<Vec<u8>> {
    let superblock = volume.superblock;
    let length = superblock.groups as usize * 16;
    match volume.read(superblock.summary_address, length) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            let byte = superblock.byte_offset(superblock.summary_address);
            let finding = Finding::error(Kind::SummaryUnreadable).byte(byte);
            report.add(finding.values(error, format!("{length} bytes")));
            None
        }
    }
}

/// Compares the copy of the superblock in a group with the primary one.
fn copy(volume: Volume<'_>, group: u32, report: &mut Report) {
    let superblock = volume.superblock;
    let fragment = superblock.group_superblock(group);
    let byte = superblock.byte_offset(fragment);
    if byte == superblock.raw.location {
        return;
    }
    let length = (superblock.raw.u32(104) as usize).min(SUPERBLOCK_SIZE);
    let finding = || Finding::warning(Kind::AlternateSuperblock).group(group);
    match volume.read(fragment, length) {
        Err(error) => report.add(finding().byte(byte).values(error, format!("{length} bytes"))),
        Ok(bytes) => {
            let different = differences(&superblock.raw, &bytes);
            if let [(name, found, expected), rest @ ..] = different.as_slice() {
                let further =
                    if rest.is_empty() { String::new() } else { format!(" and {} more fields", rest.len()) };
                report.add(
                    finding()
                        .field(*name)
                        .byte(byte)
                        .values(format!("{found:#x}{further}"), format!("{expected:#x}")),
                );
            }
        }
    }
}

/// Checks one group.
fn group(
    volume: Volume<'_>,
    inventory: &Inventory,
    layout: Layout,
    number: u32,
    summary: Option<&[u8]>,
    report: &mut Report,
) -> Counts {
    let superblock = volume.superblock;
    let found_free = found_free(superblock, inventory, number);
    let found_space = FreeSpace::derive(superblock, &found_free);
    let found_inodes = found_inodes(superblock, inventory, number);
    let records = inventory.inodes.get(number as usize).map_or(&[][..], Vec::as_slice);
    let directories = records.iter().filter(|record| record.state == State::Directory).count() as i64;
    let free_inodes = |map: &Bitmap| i64::from(superblock.inodes_per_group) - map.count().cast_signed();
    let found = [directories, found_space.blocks, free_inodes(&found_inodes), found_space.fragments];
    let mut counts = Counts { group: found, summary: found, found };
    if let Some(group) = Group::read(volume, layout, number, report) {
        group.header(report);
        let map = group.map(layout.free_map, superblock.group_fragments(number));
        let space = if map == found_free { found_space.clone() } else { FreeSpace::derive(superblock, &map) };
        let inode_map = group.map(layout.inode_map, u64::from(superblock.inodes_per_group));
        counts.group = group.counts();
        let derived = [directories, space.blocks, free_inodes(&inode_map), space.fragments];
        for (index, field) in COUNTS.iter().enumerate() {
            let actual = counts.group[index];
            if actual != derived[index] && actual != found[index] {
                let finding = group.finding(Kind::GroupCounts, *field, 24 + index * 4);
                report.add(finding.values(actual, found[index]));
            }
        }
        runs(&group, &space, &found_space, report);
        compare_fragments(superblock, &group, &map, &found_free, report);
        compare_inodes(&group, &inode_map, &found_inodes, report);
        clusters(superblock, &group, &space, &found_space, report);
        rotation(superblock, &group, &space, &found_space, report);
    }
    if let Some(summary) = summary {
        counts.summary = summary_entry(superblock, summary, number, &counts, report);
    }
    counts
}

/// The free fragments of a group, as no inode and no metadata holds them.
fn found_free(superblock: &Superblock, inventory: &Inventory, number: u32) -> Bitmap {
    let base = superblock.group_base(number);
    let mut free = Bitmap::new(superblock.group_fragments(number));
    for fragment in 0..free.length() {
        if !inventory.used.contains(base + fragment) {
            free.insert(fragment);
        }
    }
    free
}

/// The inodes of a group that are in use; the two reserved ones count as such.
fn found_inodes(superblock: &Superblock, inventory: &Inventory, number: u32) -> Bitmap {
    let mut map = Bitmap::new(u64::from(superblock.inodes_per_group));
    let records = inventory.inodes.get(number as usize).map_or(&[][..], Vec::as_slice);
    for (index, record) in (0..).zip(records) {
        if record.state != State::Free {
            map.insert(index);
        }
    }
    if number == 0 {
        map.insert(0);
        map.insert(1);
    }
    map
}

fn runs(group: &Group<'_>, space: &FreeSpace, found: &FreeSpace, report: &mut Report) {
    for length in 0..8 {
        let offset = 52 + length * 4;
        let actual = group.i32(offset);
        if actual != space.runs[length] && actual != found.runs[length] {
            let finding = group.finding(Kind::FragmentSums, format!("cg_frsum[{length}]"), offset);
            report.add(finding.values(actual, found.runs[length]));
        }
    }
}

/// The map of free fragments against what is in use.
fn compare_fragments(
    superblock: &Superblock,
    group: &Group<'_>,
    map: &Bitmap,
    found: &Bitmap,
    report: &mut Report,
) {
    let whole =
        group.map(group.layout.free_map, u64::from(superblock.fragments_per_group.next_multiple_of(8)));
    if whole.count() != map.count() {
        let bit = (map.length()..whole.length()).find(|bit| whole.contains(*bit)).unwrap_or(map.length());
        let finding = group.finding(Kind::MapPastEnd, "cg_blksfree", group.layout.free_map);
        report.add(
            finding
                .values(format!("fragment {bit} of the group free"), format!("{} fragments", map.length())),
        );
    }
    if map == found {
        return;
    }
    let base = superblock.group_base(group.number);
    let mut reported = 0;
    let mut at = 0;
    while at < map.length() && reported < LIMIT_RUNS {
        let marked_free = map.contains(at);
        if marked_free == found.contains(at) {
            at += 1;
            continue;
        }
        let same = |bit: &u64| map.contains(*bit) == marked_free && found.contains(*bit) != marked_free;
        let end = (at..map.length()).take_while(same).count() as u64 + at;
        let (finding, expected) = if marked_free {
            (Finding::error(Kind::UsedMarkedFree), "in use")
        } else {
            (Finding::warning(Kind::LostFragments), "free")
        };
        let place = finding.group(group.number).fragment((base + at).cast_signed());
        let byte = group.byte + group.layout.free_map as u64 + at / 8;
        report.add(place.byte(byte).values(format!("{} fragments", end - at), expected));
        reported += 1;
        at = end;
    }
}

/// The map of inodes against the inodes.
fn compare_inodes(group: &Group<'_>, map: &Bitmap, found: &Bitmap, report: &mut Report) {
    if map == found {
        return;
    }
    let first = u64::from(group.number) * map.length();
    for bit in 0..map.length() {
        if map.contains(bit) == found.contains(bit) {
            continue;
        }
        let (finding, actual, expected) = if found.contains(bit) {
            (Finding::error(Kind::InodeMarkedFree), "free", "in use")
        } else {
            (Finding::warning(Kind::InodeMarkedUsed), "in use", "free")
        };
        let inode = u32::try_from(first + bit).unwrap_or(u32::MAX);
        let byte = group.byte + group.layout.inode_map as u64 + bit / 8;
        report.add(finding.group(group.number).inode(inode).byte(byte).values(actual, expected));
    }
}

fn clusters(
    superblock: &Superblock,
    group: &Group<'_>,
    space: &FreeSpace,
    found: &FreeSpace,
    report: &mut Report,
) {
    let longest = superblock.cluster_sums;
    if longest == 0 || group.layout.cluster_map == 0 {
        return;
    }
    let room = u64::from(superblock.fragments_per_group / superblock.fragments_per_block).next_multiple_of(8);
    let actual = group.map(group.layout.cluster_map, room);
    let differs =
        |expected: &Bitmap| (0..room).find(|block| actual.contains(*block) != expected.contains(*block));
    if let (Some(_), Some(block)) = (differs(&space.clusters), differs(&found.clusters)) {
        let finding = group.finding(Kind::ClusterMap, "cg_clustersfree", group.layout.cluster_map);
        let word = |free: bool| if free { "free" } else { "not free" };
        let found_word = word(found.clusters.contains(block));
        report.add(finding.values(format!("block {block} {}", word(actual.contains(block))), found_word));
    }
    let accepted = [&actual, &space.clusters, &found.clusters].map(|map| cluster_sums(map, longest));
    for length in 1..=longest as usize {
        let offset = group.layout.cluster_sums + length * 4;
        let actual = group.i32(offset);
        if accepted.iter().all(|sums| sums.get(length) != Some(&actual)) {
            let finding = group.finding(Kind::ClusterSums, format!("cg_clustersum[{length}]"), offset);
            report.add(finding.values(actual, accepted[2].get(length).copied().unwrap_or(0)));
        }
    }
}

/// The tables by cylinder of layouts before UFS2.
fn rotation(
    superblock: &Superblock,
    group: &Group<'_>,
    space: &FreeSpace,
    found: &FreeSpace,
    report: &mut Report,
) {
    if superblock.rotation.is_none() {
        return;
    }
    for (cylinder, (derived, found)) in space.cylinder_totals.iter().zip(&found.cylinder_totals).enumerate() {
        let offset = group.layout.cylinder_totals + cylinder * 4;
        let actual = group.i32(offset);
        if actual != *derived && actual != *found {
            let finding = group.finding(Kind::CylinderTotals, format!("cylinder {cylinder}"), offset);
            report.add(finding.values(actual, found));
        }
    }
    for (index, (derived, found)) in
        space.cylinder_positions.iter().zip(&found.cylinder_positions).enumerate()
    {
        let offset = group.layout.cylinder_positions + index * 2;
        let actual = group.u16(offset);
        if actual != *derived && actual != *found {
            let finding = group.finding(Kind::CylinderPositions, format!("position {index}"), offset);
            report.add(finding.values(actual, found));
        }
    }
}

/// The group's counts in the summary area.
fn summary_entry(
    superblock: &Superblock,
    summary: &[u8],
    number: u32,
    counts: &Counts,
    report: &mut Report,
) -> [i64; 4] {
    let order = superblock.raw.order;
    let start = number as usize * 16;
    let actual: [i64; 4] = std::array::from_fn(|index| i64::from(order.i32(summary, start + index * 4)));
    for (index, field) in COUNTS.iter().enumerate() {
        if actual[index] != counts.group[index] && actual[index] != counts.found[index] {
            let byte = superblock.byte_offset(superblock.summary_address) + (start + index * 4) as u64;
            let finding = Finding::warning(Kind::SummaryCounts).group(number).field(*field).byte(byte);
            report.add(finding.values(actual[index], counts.found[index]));
        }
    }
    actual
}

/// The counts of the whole file system: 64 bits, or 32 in layouts before UFS2.
fn totals(superblock: &Superblock, sums: &Counts, report: &mut Report) {
    let raw = &superblock.raw;
    for (index, field) in COUNTS.iter().enumerate() {
        let (offset, actual) = if raw.old_layout() {
            (192 + index * 4, i64::from(raw.i32(192 + index * 4)))
        } else {
            (1008 + index * 8, raw.i64(1008 + index * 8))
        };
        let accepted = [sums.group[index], sums.summary[index], sums.found[index]];
        if !accepted.contains(&actual) {
            let finding =
                Finding::warning(Kind::TotalCounts).field(*field).byte(raw.location + offset as u64);
            report.add(finding.values(actual, sums.found[index]));
        }
    }
}
