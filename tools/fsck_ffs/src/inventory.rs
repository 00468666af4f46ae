//! The first pass: every inode, and which fragments each holds.

use std::collections::{BTreeMap, HashSet};

use crate::bitmap::Bitmap;
use crate::inode::{Inode, TYPE_DIRECTORY, Use, Visit, Volume, walk};
use crate::report::{Finding, Kind, Report};
use crate::superblock::{Superblock, Version};

/// How many bad pointers of one inode are reported.
const LIMIT_PER_INODE: u32 = 10;
/// How many directory blocks are read although another inode holds them too.
const SHARED_DIRECTORY_BLOCKS: u32 = 1024;
/// How many fragments with several owners are looked into.
const LIMIT_DUPLICATES: usize = 4096;
/// Inodes are read in pieces of this many bytes.
const INODE_BUFFER: usize = 256 * 1024;
/// The largest directory in bytes.
const LARGEST_DIRECTORY: u64 = 0x7fff_ffff;

/// What an inode is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// Free, or not initialized.
    #[default]
    Free,
    /// Anything but a directory.
    File,
    /// A directory.
    Directory,
    /// In use, but with a type or a size that cannot be; its blocks are not looked at.
    Bad,
}

/// What the later passes need to know of an inode.
#[derive(Clone, Copy, Debug, Default)]
pub struct InodeRecord {
    /// What it is.
    pub state: State,
    /// The type as directory entries have it.
    pub entry_type: u8,
    /// Whether it may live without a name: the journal's.
    pub nameless: bool,
    /// The link count on the image.
    pub links: i16,
    /// The directory entries found.
    pub references: u32,
}

/// A block of a directory.
#[derive(Clone, Copy, Debug)]
pub struct DirectoryBlock {
    /// The first fragment.
    pub fragment: u64,
    /// Fragments.
    pub count: u32,
    /// The number of the block within the directory.
    pub index: u64,
}

/// A directory as the later passes need it.
#[derive(Clone, Debug)]
pub struct Directory {
    /// Its inode.
    pub inode: u32,
    /// Its size in bytes.
    pub size: u64,
    /// Its blocks that can be read, in order.
    pub blocks: Vec<DirectoryBlock>,
}

/// Usage of one user or group, for quotas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Units of 512 bytes.
    pub blocks: u64,
    /// Inodes.
    pub inodes: u64,
}

/// What the first pass found.
pub struct Inventory {
    /// Fragments that metadata or files hold.
    pub used: Bitmap,
    /// One per initialized inode, by group.
    pub inodes: Vec<Vec<InodeRecord>>,
    /// The directories, by rising inode number.
    pub directories: Vec<Directory>,
    /// What users hold.
    pub users: BTreeMap<u32, Usage>,
    /// What groups hold.
    pub groups: BTreeMap<u32, Usage>,
    inodes_per_group: u32,
    duplicates: HashSet<u64>,
    shared_blocks_read: u32,
}

/// The counts of one inode's walk.
#[derive(Default)]
struct Tally {
    held: u64,
    bad: u64,
    reported: u32,
}

impl Inventory {
    fn new(superblock: &Superblock) -> Self {
        let mut used = Bitmap::new(superblock.size);
        let metadata = (0..superblock.groups).map(|group| superblock.group_metadata(group));
        for (start, end) in metadata.chain([superblock.summary_fragments()]) {
            for fragment in start..end {
                used.insert(fragment);
            }
        }
        Self {
            used,
            inodes: Vec::new(),
            directories: Vec::new(),
            users: BTreeMap::new(),
            groups: BTreeMap::new(),
            inodes_per_group: superblock.inodes_per_group,
            duplicates: HashSet::new(),
            shared_blocks_read: 0,
        }
    }

    /// What is known of an inode; `None` when it is out of range or not initialized.
    pub fn record(&self, inode: u32) -> Option<&InodeRecord> {
        let group = self.inodes.get((inode / self.inodes_per_group) as usize)?;
        group.get((inode % self.inodes_per_group) as usize)
    }

    /// As `record`, to change.
    pub fn record_mut(&mut self, inode: u32) -> Option<&mut InodeRecord> {
        let group = self.inodes.get_mut((inode / self.inodes_per_group) as usize)?;
        group.get_mut((inode % self.inodes_per_group) as usize)
    }

    /// The state of an inode; `Free` when it is not initialized.
    pub fn state(&self, inode: u32) -> State {
        self.record(inode).map_or(State::Free, |record| record.state)
    }

    /// Counts a directory entry that names `inode`.
    pub fn refer(&mut self, inode: u32) {
        if let Some(record) = self.record_mut(inode) {
            record.references = record.references.saturating_add(1);
        }
    }

    /// The numbers and records of all inodes that are not free.
    pub fn in_use(&self) -> impl Iterator<Item = (u32, &InodeRecord)> {
        let groups = (0..).step_by(self.inodes_per_group as usize).zip(&self.inodes);
        let all = groups.flat_map(|(first, records)| (first..).zip(records));
        all.filter(|(_, record): &(u32, &InodeRecord)| record.state != State::Free)
    }
}

/// Looks at every initialized inode.
pub fn take(volume: Volume<'_>, report: &mut Report) -> Inventory {
    let superblock = volume.superblock;
    let mut inventory = Inventory::new(superblock);
    for group in 0..superblock.groups {
        let count = initialized(volume, group);
        inventory.inodes.push(vec![InodeRecord::default(); count as usize]);
        each_inode(volume, group, count, report, &mut |inode, bytes, report| {
            look_at(volume, &mut inventory, inode, bytes, report);
        });
    }
    if !inventory.duplicates.is_empty() {
        name_owners(volume, &inventory, report);
    }
    report.files = inventory.in_use().filter(|(_, record)| record.state == State::File).count() as u64;
    report.directories = inventory.directories.len() as u64;
    inventory
}

/// How many inodes of a group hold something readable: all in UFS1, those the group says in UFS2.
fn initialized(volume: Volume<'_>, group: u32) -> u32 {
    let superblock = volume.superblock;
    if superblock.raw.version == Version::Ufs1 {
        return superblock.inodes_per_group;
    }
    let bytes =
        volume.read(superblock.group_block(group), superblock.group_size as usize).unwrap_or_default();
    superblock.raw.order.u32(&bytes, 120).min(superblock.inodes_per_group)
}

/// Reads `count` inodes of a group and shows each but the two reserved ones.
fn each_inode(
    volume: Volume<'_>,
    group: u32,
    count: u32,
    report: &mut Report,
    look: &mut dyn FnMut(Inode, &[u8], &mut Report),
) {
    let superblock = volume.superblock;
    let size = superblock.inode_size() as usize;
    let first = group * superblock.inodes_per_group;
    let per_read = u32::try_from(INODE_BUFFER / size).unwrap_or(1);
    let mut buffer = vec![0; INODE_BUFFER];
    for start in (0..count).step_by(per_read as usize) {
        let here = per_read.min(count - start);
        let bytes = &mut buffer[..here as usize * size];
        let offset = superblock.inode_byte(first + start);
        if let Err(error) = volume.image.read_exact_at(offset, bytes) {
            let finding =
                Finding::error(Kind::InodesUnreadable).group(group).inode(first + start).byte(offset);
            report.add(finding.values(error, format!("{here} inodes")));
            continue;
        }
        for (number, bytes) in (first + start..).zip(bytes.chunks_exact(size)) {
            if number >= 2 {
                look(Inode::parse(superblock, number, bytes), bytes, report);
            }
        }
    }
}

fn look_at(volume: Volume<'_>, inventory: &mut Inventory, inode: Inode, bytes: &[u8], report: &mut Report) {
    let superblock = volume.superblock;
    if bytes.iter().all(|byte| *byte == 0) {
        return;
    }
    let finding = |kind| Finding::error(kind).inode(inode.number).byte(superblock.inode_byte(inode.number));
    if inode.file_type() == 0 {
        if inode.size != 0 || inode.pointers().any(|pointer| pointer != 0) {
            let found =
                format!("size {} and {} pointers", inode.size, inode.pointers().filter(|p| *p != 0).count());
            report.add(finding(Kind::PartlyAllocatedInode).values(found, "neither"));
        }
        return;
    }
    let state = state_of(superblock, &inode, report);
    let record = InodeRecord {
        state,
        entry_type: (inode.mode >> 12) as u8,
        // The journal within the file system: a version and a location in the superblock, and the flag.
        nameless: inode.is_log() && superblock.raw.u8(864) == 1 && superblock.raw.u8(865) == 2,
        links: inode.links,
        references: 0,
    };
    if let Some(slot) = inventory.record_mut(inode.number) {
        *slot = record;
    }
    if state == State::Bad {
        return;
    }
    if state == State::Directory {
        inventory.directories.push(Directory { inode: inode.number, size: inode.size, blocks: Vec::new() });
    }
    let tally = account(volume, inventory, &inode, report);
    let per_fragment = u64::from(superblock.fragment_size / 512);
    let held = tally.held * per_fragment;
    // Pointers that were reported as bad may or may not have been counted.
    if inode.blocks != held && inode.blocks != held + tally.bad * per_fragment {
        let warning = Finding::warning(Kind::BlockCount).inode(inode.number);
        report.add(warning.byte(superblock.inode_byte(inode.number)).values(inode.blocks, held));
    }
    report.fragments_used += tally.held;
    let hidden = record.nameless || crate::quota::inodes(superblock).contains(&inode.number);
    if !inode.is_snapshot() && !hidden {
        for (map, key) in [(&mut inventory.users, inode.user), (&mut inventory.groups, inode.group)] {
            let usage = map.entry(key).or_default();
            usage.blocks += held;
            usage.inodes += 1;
        }
    }
}

/// Type and size.
fn state_of(superblock: &Superblock, inode: &Inode, report: &mut Report) -> State {
    let finding = |kind| Finding::error(kind).inode(inode.number).byte(superblock.inode_byte(inode.number));
    if !inode.has_known_type() {
        report.add(
            finding(Kind::InodeMode).values(format!("mode {:o}", inode.mode), "one of the seven file types"),
        );
        return State::Bad;
    }
    let directory = inode.file_type() == TYPE_DIRECTORY;
    let limit = if directory { LARGEST_DIRECTORY } else { superblock.longest_file };
    if inode.size > limit {
        report.add(finding(Kind::InodeSize).values(inode.size, format!("at most {limit}")));
        return State::Bad;
    }
    if directory { State::Directory } else { State::File }
}

/// Claims the blocks of an inode.
fn account(volume: Volume<'_>, inventory: &mut Inventory, inode: &Inode, report: &mut Report) -> Tally {
    let superblock = volume.superblock;
    let mut tally = Tally::default();
    if inode.is_device() || inode.is_short_symlink(superblock) {
        trailing_pointers(superblock, inode, report);
    } else {
        walk(volume, inode, &mut |visit| match visit {
            Visit::Block { pointer, count, purpose } => {
                claim(superblock, inventory, inode, (pointer, count, purpose), &mut tally, report)
            }
            Visit::Hole(index) => {
                if inode.file_type() == TYPE_DIRECTORY && tally.reported < LIMIT_PER_INODE {
                    tally.reported += 1;
                    let place =
                        if index == u64::MAX { "an indirect block".into() } else { format!("block {index}") };
                    let finding = Finding::error(Kind::DirectoryHole).inode(inode.number).field(place);
                    report.add(finding.values(0, "a block"));
                }
                false
            }
            Visit::PastEnd(pointer) => {
                add_pointer(&mut tally, report, Kind::BlockPastEnd, inode.number, pointer, &"0");
                false
            }
            Visit::Unreadable(pointer) => {
                add_pointer(
                    &mut tally,
                    report,
                    Kind::IndirectUnreadable,
                    inode.number,
                    pointer,
                    &"an indirect block",
                );
                false
            }
        });
    }
    extended_attributes(superblock, inventory, inode, &mut tally, report);
    tally
}

/// Behind the target of a short symbolic link, or a device number, there must be nothing.
fn trailing_pointers(superblock: &Superblock, inode: &Inode, report: &mut Report) {
    let bytes = if superblock.raw.version == Version::Ufs1 { 4 } else { 8 };
    let used = if inode.is_device() { 1 } else { inode.size.div_ceil(bytes) };
    let mut tally = Tally::default();
    for pointer in inode.pointers().skip(usize::try_from(used).unwrap_or(usize::MAX)).filter(|p| *p != 0) {
        add_pointer(&mut tally, report, Kind::BlockPastEnd, inode.number, pointer, &"0");
    }
}

/// UFS2's two blocks of extended attributes. NetBSD does not use them; FreeBSD counts them in `di_blocks`.
fn extended_attributes(
    superblock: &Superblock,
    inventory: &mut Inventory,
    inode: &Inode,
    tally: &mut Tally,
    report: &mut Report,
) {
    let block = u64::from(superblock.block_size);
    let Some(size) = u64::try_from(inode.extended_size).ok().filter(|size| *size <= 2 * block) else {
        let finding = Finding::error(Kind::ExtendedAttributeSize).inode(inode.number);
        let place = finding.byte(superblock.inode_byte(inode.number) + 92);
        report.add(place.values(inode.extended_size, format!("0 to {}", 2 * block)));
        return;
    };
    for (index, pointer) in (0..).zip(inode.extended) {
        let bytes = size.saturating_sub(index * block).min(block);
        if bytes > 0 && pointer != 0 {
            let count = bytes.div_ceil(u64::from(superblock.fragment_size));
            let block = (pointer, u32::try_from(count).unwrap_or(0), Use::Data(u64::MAX));
            claim(superblock, inventory, inode, block, tally, report);
        }
    }
}

fn add_pointer(
    tally: &mut Tally,
    report: &mut Report,
    kind: Kind,
    inode: u32,
    pointer: i64,
    expected: &dyn std::fmt::Display,
) {
    if tally.reported < LIMIT_PER_INODE {
        let finding = Finding::error(kind).inode(inode).fragment(pointer);
        report.add(finding.values(pointer, expected));
    }
    tally.reported = tally.reported.saturating_add(1);
}

/// Why a pointer cannot be followed, if it cannot.
fn objection(superblock: &Superblock, pointer: i64, count: u32) -> Option<(Kind, String)> {
    let most = superblock.size - 1;
    let Some(start) = u64::try_from(pointer).ok().filter(|start| start + u64::from(count) <= superblock.size)
    else {
        return Some((Kind::BlockOutOfRange, format!("1 to {most}")));
    };
    let inside = u32::try_from(start % u64::from(superblock.fragments_per_block)).unwrap_or(0);
    if inside + count > superblock.fragments_per_block {
        return Some((Kind::BlockMisaligned, format!("{count} fragments within one block")));
    }
    let (first, end) = superblock.summary_fragments();
    if superblock.overlaps_group_metadata(start, u64::from(count))
        || (start < end && start + u64::from(count) > first)
    {
        return Some((Kind::BlockInMetadata, "a data fragment".to_owned()));
    }
    None
}

/// Takes a block for an inode; whether an indirect block may be followed.
fn claim(
    superblock: &Superblock,
    inventory: &mut Inventory,
    inode: &Inode,
    (pointer, count, purpose): (i64, u32, Use),
    tally: &mut Tally,
    report: &mut Report,
) -> bool {
    if inode.is_snapshot() && (pointer == 1 || pointer == 2) {
        return false;
    }
    if let Some((kind, expected)) = objection(superblock, pointer, count) {
        tally.bad += u64::from(count);
        add_pointer(tally, report, kind, inode.number, pointer, &expected);
        return false;
    }
    let start = pointer.cast_unsigned();
    let mut shared = false;
    for fragment in start..start + u64::from(count) {
        if !inventory.used.insert(fragment) {
            shared = true;
            if inventory.duplicates.len() < LIMIT_DUPLICATES {
                inventory.duplicates.insert(fragment);
            }
        }
    }
    tally.held += u64::from(count);
    if let Use::Data(index) = purpose
        && index != u64::MAX
        && inode.file_type() == TYPE_DIRECTORY
    {
        let readable = !shared || inventory.shared_blocks_read < SHARED_DIRECTORY_BLOCKS;
        inventory.shared_blocks_read += u32::from(shared && readable);
        let block = DirectoryBlock { fragment: start, count, index };
        match inventory.directories.last_mut() {
            Some(directory) if readable => directory.blocks.push(block),
            _ => report.add(Finding::note(Kind::DirectoryShared).inode(inode.number).fragment(pointer)),
        }
    }
    !shared
}

/// Goes through the inodes again to say which two hold the fragments that were claimed twice.
fn name_owners(volume: Volume<'_>, inventory: &Inventory, report: &mut Report) {
    let superblock = volume.superblock;
    let mut seen = Bitmap::new(superblock.size);
    let mut owners: BTreeMap<u64, u32> = BTreeMap::new();
    let mut ignored = Report::new(0);
    for (group, records) in (0..).zip(&inventory.inodes) {
        let count = u32::try_from(records.len()).unwrap_or(0);
        each_inode(volume, group, count, &mut ignored, &mut |inode, _, _| {
            let walked = [State::File, State::Directory].contains(&inventory.state(inode.number));
            if !walked || inode.is_device() || inode.is_short_symlink(superblock) {
                return;
            }
            let mut again: Option<(u64, u64, u32)> = None;
            walk(volume, &inode, &mut |visit| {
                let Visit::Block { pointer, count, .. } = visit else { return false };
                if objection(superblock, pointer, count).is_some() || (inode.is_snapshot() && pointer <= 2) {
                    return false;
                }
                let start = pointer.cast_unsigned();
                let mut fresh = true;
                for fragment in start..start + u64::from(count) {
                    fresh &= seen.insert(fragment);
                    if !inventory.duplicates.contains(&fragment) {
                        continue;
                    }
                    let owner = *owners.entry(fragment).or_insert(inode.number);
                    let second = !fresh;
                    again = match again {
                        Some((first, length, by)) if second && by == owner && first + length == fragment => {
                            Some((first, length + 1, by))
                        }
                        other if second => {
                            report_shared(report, inode.number, other);
                            Some((fragment, 1, owner))
                        }
                        other => other,
                    };
                }
                fresh
            });
            report_shared(report, inode.number, again);
        });
    }
}

fn report_shared(report: &mut Report, inode: u32, run: Option<(u64, u64, u32)>) {
    if let Some((first, length, owner)) = run {
        let finding = Finding::error(Kind::DuplicateBlock).inode(inode).fragment(first.cast_signed());
        let found = format!("{length} fragments also held by inode {owner}");
        report.add(finding.values(found, "one owner"));
    }
}
