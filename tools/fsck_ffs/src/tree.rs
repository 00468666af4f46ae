//! The second to fourth pass: directories, how they hang together, and link counts.

use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use crate::directory::{Entry, Record, WHITEOUT_INODE, WHITEOUT_TYPE, records};
use crate::inode::Volume;
use crate::inventory::{Directory, Inventory, State};
use crate::report::{Finding, Kind, Report};

/// The inode of the root directory.
pub const ROOT: u32 = 2;
/// Bytes that `.` and `..` take at least.
const SHORTEST_DIRECTORY: u64 = 24;
/// Names of one directory that are compared with each other.
const LIMIT_NAMES: usize = 1 << 20;
const TYPE_DIRECTORY: u8 = 4;

/// What is known of a directory's place in the tree.
#[derive(Clone, Copy, Debug, Default)]
struct Links {
    /// The directory that has an entry for it.
    parent: Option<u32>,
    /// What `..` says.
    dotdot: Option<u32>,
}

/// Reads every directory, checks the tree, and compares link counts.
pub fn check(volume: Volume<'_>, inventory: &mut Inventory, nameless: &[u32], report: &mut Report) {
    if inventory.state(ROOT) != State::Directory {
        let found = format!("{:?}", inventory.state(ROOT));
        report.add(Finding::error(Kind::RootInode).inode(ROOT).values(found, "a directory"));
    }
    let directories = std::mem::take(&mut inventory.directories);
    let links = vec![Links::default(); directories.len()];
    let mut tree = Tree { links, directories: &directories, further: Vec::new() };
    if let Some(root) = tree.find(ROOT) {
        tree.links[root].parent = Some(ROOT);
    }
    for index in 0..directories.len() {
        Scan::new(volume, inventory, &mut tree, index, report).run();
    }
    tree.settle();
    tree.parents(inventory, report);
    tree.connected(report);
    tree.link_counts(inventory, nameless, report);
    inventory.directories = directories;
}

struct Tree<'a> {
    directories: &'a [Directory],
    links: Vec<Links>,
    /// Further entries for directories: the index of the directory, and where the entry is.
    further: Vec<(usize, u32)>,
}

impl Tree<'_> {
    /// The index of the directory with that inode.
    fn find(&self, inode: u32) -> Option<usize> {
        self.directories.binary_search_by_key(&inode, |directory| directory.inode).ok()
    }

    /// Of several directories with an entry, the one that `..` names is the parent.
    fn settle(&mut self) {
        for (index, parent) in &self.further {
            if let Some(links) = self.links.get_mut(*index)
                && links.dotdot == Some(*parent)
            {
                links.parent = Some(*parent);
            }
        }
    }

    /// Compares `..` with the real parent and counts it as a reference.
    fn parents(&self, inventory: &mut Inventory, report: &mut Report) {
        for (directory, links) in self.directories.iter().zip(&self.links) {
            if let (Some(dotdot), Some(parent)) = (links.dotdot, links.parent)
                && dotdot != parent
            {
                report.add(Finding::error(Kind::WrongDotDot).inode(directory.inode).values(dotdot, parent));
            }
            // An entry that was reported counts as what it should have been.
            if let Some(named) = links.parent.or(links.dotdot) {
                inventory.refer(named);
            }
        }
    }

    /// Every directory must lead up to the root.
    fn connected(&self, report: &mut Report) {
        const UNKNOWN: usize = usize::MAX;
        // The walk in which each directory was met first.
        let mut met = vec![UNKNOWN; self.directories.len()];
        for start in 0..self.directories.len() {
            let mut at = start;
            while met[at] == UNKNOWN {
                met[at] = start;
                let directory = &self.directories[at];
                let Some(parent) = self.links[at].parent else {
                    let finding = Finding::error(Kind::UnreferencedDirectory).inode(directory.inode);
                    let dotdot =
                        self.links[at].dotdot.map_or_else(|| "none".to_owned(), |inode| inode.to_string());
                    report.add(finding.values(format!("no entry (its \"..\" is {dotdot})"), "one"));
                    break;
                };
                if directory.inode == ROOT {
                    break;
                }
                let Some(next) = self.find(parent) else { break };
                if met[next] == start {
                    let finding = Finding::error(Kind::DirectoryCycle).inode(self.directories[next].inode);
                    report.add(finding.values(
                        format!("contains itself through inode {}", directory.inode),
                        "a way to the root",
                    ));
                    break;
                }
                at = next;
            }
        }
    }

    fn link_counts(&self, inventory: &Inventory, nameless: &[u32], report: &mut Report) {
        for (inode, record) in inventory.in_use() {
            let mut expected = record.references;
            match record.state {
                State::Directory => {
                    let Some(index) = self.find(inode) else { continue };
                    // Cut off: reported already, and one entry is missing.
                    expected += u32::from(self.links[index].parent.is_none());
                    if self.directories[index].size == 0 {
                        continue;
                    }
                }
                State::File if expected == 0 => {
                    if !record.nameless && !nameless.contains(&inode) {
                        let finding = Finding::error(Kind::UnreferencedInode).inode(inode);
                        report.add(finding.values(format!("no entry (link count {})", record.links), "one"));
                    }
                    continue;
                }
                State::File => {}
                State::Bad | State::Free => continue,
            }
            if u32::try_from(record.links) != Ok(expected) {
                report.add(Finding::warning(Kind::LinkCount).inode(inode).values(record.links, expected));
            }
        }
    }
}

/// The reading of one directory.
struct Scan<'a, 'b> {
    volume: Volume<'a>,
    inventory: &'b mut Inventory,
    tree: &'b mut Tree<'a>,
    report: &'b mut Report,
    index: usize,
    inode: u32,
    /// Records seen.
    position: u64,
    dot: bool,
    dotdot: bool,
    /// Whether the start of the directory was there to be read.
    start_read: bool,
    names: HashSet<u64>,
    hasher: RandomState,
}

impl<'a, 'b> Scan<'a, 'b> {
    fn new(
        volume: Volume<'a>,
        inventory: &'b mut Inventory,
        tree: &'b mut Tree<'a>,
        index: usize,
        report: &'b mut Report,
    ) -> Self {
        let inode = tree.directories[index].inode;
        Self {
            volume,
            inventory,
            tree,
            report,
            index,
            inode,
            position: 0,
            dot: false,
            dotdot: false,
            start_read: false,
            names: HashSet::new(),
            hasher: RandomState::new(),
        }
    }

    fn error(&self, kind: Kind, byte: u64) -> Finding {
        Finding::error(kind).inode(self.inode).byte(byte)
    }

    fn run(&mut self) {
        let directories = self.tree.directories;
        let directory = &directories[self.index];
        self.size(directory.size);
        let superblock = self.volume.superblock;
        for block in &directory.blocks {
            let start = block.index * u64::from(superblock.block_size);
            let held = u64::from(block.count) * u64::from(superblock.fragment_size);
            // Directory blocks are whole even where the size is not.
            let whole = directory.size.next_multiple_of(u64::from(superblock.directory_block));
            let length = usize::try_from(whole.saturating_sub(start).min(held)).unwrap_or(0);
            let byte = superblock.byte_offset(block.fragment);
            match self.volume.read(block.fragment, length) {
                Ok(bytes) => self.block(start, byte, &bytes),
                Err(error) => {
                    let finding = self.error(Kind::DirectoryUnreadable, byte);
                    self.report.add(finding.values(error, format!("{length} bytes")));
                }
            }
        }
        if self.start_read {
            self.missing();
        } else if directory.size > 0 {
            // Not there to be read, which was reported: taken as present.
            self.inventory.refer(self.inode);
        }
    }

    fn size(&mut self, size: u64) {
        let unit = u64::from(self.volume.superblock.directory_block);
        let byte = self.volume.superblock.inode_byte(self.inode);
        if size < SHORTEST_DIRECTORY {
            let finding = self.error(Kind::DirectorySize, byte);
            self.report.add(finding.values(size, format!("at least {unit}")));
        } else if !size.is_multiple_of(unit) {
            let finding = Finding::warning(Kind::DirectorySize).inode(self.inode).byte(byte);
            self.report.add(finding.values(size, size.next_multiple_of(unit)));
        }
    }

    fn block(&mut self, start: u64, byte: u64, bytes: &[u8]) {
        self.start_read |= start == 0;
        for (offset, record) in records(self.volume.superblock, bytes) {
            let byte = byte + offset as u64;
            let position = if self.start_read { self.position } else { u64::MAX };
            self.position += 1;
            match record {
                Record::Entry(entry) => self.entry(position, byte, &entry),
                Record::Empty => self.absent(position, byte),
                Record::BadLength(length) => {
                    let finding = self.error(Kind::RecordLength, byte);
                    self.report.add(
                        finding.values(length, "a multiple of 4 that holds the name and ends in the block"),
                    );
                    // What the skipped records were is unknown: the first two are taken as present.
                    self.assume_dots(position);
                }
                Record::BadName(name) => {
                    let finding = self.error(Kind::EntryName, byte).name(name);
                    self.report
                        .add(finding.values("such a name", "1 to 255 bytes without NUL and slash, then NUL"));
                    self.assume_dots(position);
                }
            }
        }
    }

    fn assume_dots(&mut self, position: u64) {
        if position == 0 && !self.dot {
            self.dot = true;
            self.inventory.refer(self.inode);
        }
        self.dotdot |= position <= 1;
    }

    /// The first two records must not be something else.
    fn absent(&mut self, position: u64, byte: u64) {
        if position == 0 {
            self.report_missing(Kind::MissingDot, byte);
        } else if position == 1 && !self.dotdot {
            self.report_missing(Kind::MissingDotDot, byte);
        }
    }

    fn report_missing(&mut self, kind: Kind, byte: u64) {
        let expected = if kind == Kind::MissingDot { "\".\"" } else { "\"..\"" };
        let finding = self.error(kind, byte).values("another record", expected);
        self.report.add(finding);
        if kind == Kind::MissingDot {
            self.dot = true;
            self.inventory.refer(self.inode);
        } else {
            self.dotdot = true;
        }
    }

    /// After the last record.
    fn missing(&mut self) {
        let blocks = &self.tree.directories[self.index].blocks;
        let byte = blocks.first().map_or(0, |block| self.volume.superblock.byte_offset(block.fragment));
        if !self.dot {
            self.report_missing(Kind::MissingDot, byte);
        }
        if !self.dotdot {
            self.report_missing(Kind::MissingDotDot, byte);
        }
    }

    fn entry(&mut self, position: u64, byte: u64, entry: &Entry<'_>) {
        match entry.name {
            b"." if position == 0 => self.dot_entry(byte, entry),
            b".." if position == 1 && !self.dotdot => self.dotdot_entry(byte, entry),
            b".." if position == 0 => {
                self.report_missing(Kind::MissingDot, byte);
                self.dotdot_entry(byte, entry);
            }
            b"." => {
                self.absent(position, byte);
                self.extra(Kind::ExtraDot, byte, entry);
            }
            b".." => self.extra(Kind::ExtraDotDot, byte, entry),
            _ => {
                self.absent(position, byte);
                self.ordinary(byte, entry);
            }
        }
    }

    fn extra(&mut self, kind: Kind, byte: u64, entry: &Entry<'_>) {
        let finding = self.error(kind, byte);
        self.report.add(finding.values(format!("inode {}", entry.inode), "no such entry"));
    }

    fn dot_entry(&mut self, byte: u64, entry: &Entry<'_>) {
        self.dot = true;
        self.inventory.refer(self.inode);
        if entry.inode != self.inode {
            let finding = self.error(Kind::WrongDot, byte).values(entry.inode, self.inode);
            self.report.add(finding);
        }
        self.entry_type(byte, entry, TYPE_DIRECTORY);
    }

    fn dotdot_entry(&mut self, byte: u64, entry: &Entry<'_>) {
        self.dotdot = true;
        self.tree.links[self.index].dotdot = Some(entry.inode);
        self.entry_type(byte, entry, TYPE_DIRECTORY);
    }

    fn entry_type(&mut self, byte: u64, entry: &Entry<'_>, expected: u8) {
        if let Some(found) = entry.entry_type
            && found != expected
        {
            let finding = Finding::warning(Kind::EntryType).inode(self.inode).byte(byte).name(entry.name);
            self.report.add(finding.values(found, expected));
        }
    }

    fn ordinary(&mut self, byte: u64, entry: &Entry<'_>) {
        self.unique(byte, entry.name);
        let typed_whiteout = entry.entry_type == Some(WHITEOUT_TYPE);
        if entry.inode >= self.volume.superblock.inode_count() {
            let most = self.volume.superblock.inode_count() - 1;
            let finding = self.error(Kind::EntryInode, byte).name(entry.name);
            self.report.add(finding.values(entry.inode, format!("at most {most}")));
        } else if entry.entry_type.is_some() && typed_whiteout != (entry.inode == WHITEOUT_INODE) {
            let found = format!("type {} and inode {}", entry.entry_type.unwrap_or(0), entry.inode);
            let finding = self.error(Kind::Whiteout, byte).name(entry.name);
            self.report.add(finding.values(found, "type 14 with inode 1, or neither"));
        } else if !typed_whiteout {
            self.names_inode(byte, entry);
        }
    }

    fn unique(&mut self, byte: u64, name: &[u8]) {
        if self.names.len() >= LIMIT_NAMES {
            return;
        }
        if !self.names.insert(self.hasher.hash_one(name)) {
            let finding = self.error(Kind::DuplicateName, byte).name(name);
            self.report.add(finding.values("another entry before", "one"));
        }
        if self.names.len() == LIMIT_NAMES {
            let finding = Finding::note(Kind::TooManyNames).inode(self.inode);
            self.report.add(finding.values(format!("more than {LIMIT_NAMES}"), "fewer"));
        }
    }

    fn names_inode(&mut self, byte: u64, entry: &Entry<'_>) {
        let record = self.inventory.record(entry.inode).copied().unwrap_or_default();
        match record.state {
            State::Free => {
                let finding = self.error(Kind::EntryUnallocated, byte).name(entry.name);
                self.report
                    .add(finding.values(format!("inode {} without a mode", entry.inode), "an inode in use"));
                return;
            }
            // Reported already; its type and its directories are not to be relied on.
            State::Bad => {}
            State::Directory => {
                self.adopt(byte, entry);
                self.entry_type(byte, entry, record.entry_type);
            }
            State::File => self.entry_type(byte, entry, record.entry_type),
        }
        self.inventory.refer(entry.inode);
    }

    fn adopt(&mut self, byte: u64, entry: &Entry<'_>) {
        let Some(child) = self.tree.find(entry.inode) else { return };
        if let Some(parent) = self.tree.links[child].parent {
            let finding =
                Finding::error(Kind::DirectoryLinkedTwice).inode(entry.inode).byte(byte).name(entry.name);
            let found = format!("entries in directories {parent} and {}", self.inode);
            self.report.add(finding.values(found, "one"));
            if entry.inode != ROOT {
                self.tree.further.push((child, self.inode));
            }
        } else {
            self.tree.links[child].parent = Some(self.inode);
        }
    }
}
