//! A consistency check of an image: walks all that is there and recomputes every map and count.

use fs_ffs::byte_order::ByteOrder;
use fs_ffs::dinode::{Inode, read_pointer};
use fs_ffs::directory_entry::{EntryFormat, UFS_DIRBLKSIZ};
use fs_ffs::geometry::{Geometry, UFS_NDADDR, Version};
use fs_ffs::numbers::{FragmentNumber, GroupNumber, InodeNumber, LogicalBlock};
use fs_ffs::superblock::{FS_ISCLEAN, SBLOCKSEARCH, SBLOCKSIZE, Summary, Superblock};
use std::collections::BTreeMap;
use vfs::attributes::VnodeKind;

struct Check<'a> {
    image: &'a [u8],
    geometry: Geometry,
    /// Which inode a fragment belongs to.
    owners: Vec<u32>,
    links: BTreeMap<u32, u32>,
    problems: Vec<String>,
}

const METADATA: u32 = 1;

pub fn superblock(image: &[u8]) -> Superblock {
    let found = SBLOCKSEARCH.into_iter().find_map(|location| {
        let bytes = image.get(location as usize..location as usize + SBLOCKSIZE)?;
        Superblock::parse(bytes, location, image.len() as u64).ok()
    });
    found.expect("a superblock")
}

/// Fills all free fragments with what is not zero.
pub fn scribble(image: &mut [u8]) {
    let geometry = superblock(image).geometry;
    for group in (0..geometry.fs_ncg).map(GroupNumber) {
        let block = geometry.group_block_offset(group) as usize;
        let map = block + geometry.order.u32(&image[block..], 96) as usize;
        for place in 0..geometry.group_fragments(group) as usize {
            if image[map + place / 8] >> (place % 8) & 1 == 1 {
                let start = (geometry.group_base(group).0 as usize + place) << geometry.fs_fshift;
                image[start..start + geometry.fs_fsize as usize].fill(0xab);
            }
        }
    }
}

/// All problems of an image; none for one in order.
pub fn problems(image: &[u8]) -> Vec<String> {
    let superblock = superblock(image);
    let geometry = superblock.geometry;
    let mut check = Check {
        image,
        geometry,
        owners: vec![0; geometry.fs_size as usize],
        links: BTreeMap::new(),
        problems: Vec::new(),
    };
    if superblock.fs_clean != FS_ISCLEAN {
        check.problems.push(format!("fs_clean is {}", superblock.fs_clean));
    }
    check.metadata();
    let inodes = check.inodes();
    check.names(&inodes);
    check.groups(&superblock, &inodes);
    check.problems
}

/// Fails with the problems of an image, if there are any.
#[track_caller]
pub fn assert_clean(image: &[u8], what: &str) {
    let problems = problems(image);
    assert!(
        problems.is_empty(),
        "{what}: {} problems: {:#?}",
        problems.len(),
        &problems[..problems.len().min(20)]
    );
}

impl Check<'_> {
    fn bytes(&self, offset: u64, length: usize) -> &[u8] {
        &self.image[offset as usize..offset as usize + length]
    }

    fn own(&mut self, fragment: FragmentNumber, count: u32, owner: u32) -> bool {
        if owner != METADATA && self.geometry.check_pointer(fragment, count).is_err() {
            self.problems.push(format!("inode {owner}: bad pointer {} + {count}", fragment.0));
            return false;
        }
        for fragment in fragment.0..fragment.0 + u64::from(count) {
            let known = &mut self.owners[fragment as usize];
            if *known != 0 {
                let text = format!("fragment {fragment} belongs to inodes {known} and {owner}");
                self.problems.push(text);
                return false;
            }
            *known = owner;
        }
        true
    }

    fn metadata(&mut self) {
        let geometry = self.geometry;
        for group in (0..geometry.fs_ncg).map(GroupNumber) {
            let start = geometry.group_start(group).0;
            let first = if group.0 == 0 { 0 } else { start + u64::from(geometry.fs_sblkno) };
            let count = start + u64::from(geometry.fs_dblkno) - first;
            self.own(FragmentNumber(first), count as u32, METADATA);
        }
        self.own(FragmentNumber(geometry.fs_csaddr), geometry.summary_fragments() as u32, METADATA);
    }

    fn inodes(&mut self) -> BTreeMap<u32, Inode> {
        let geometry = self.geometry;
        let mut inodes = BTreeMap::new();
        for number in 0..geometry.inode_count() {
            let group = geometry.group_of_inode(InodeNumber(number));
            let block = self.bytes(geometry.group_block_offset(group), geometry.fs_cgsize as usize);
            let index = number % geometry.fs_ipg;
            let table = geometry.order.u32(block, 92) as usize;
            let used = block[table + index as usize / 8] >> (index % 8) & 1 == 1;
            let ready = geometry.version == Version::Ufs1 || index < geometry.order.u32(block, 120);
            let (place, at) = geometry.inode_place(InodeNumber(number));
            let bytes = self.bytes(place + at as u64, geometry.inode_size() as usize);
            let inode = Inode::decode(bytes, &geometry);
            let in_use = ready && inode.mode != 0;
            if used != in_use && number >= 2 {
                self.problems.push(format!("inode {number}: used {used}, mode {:o}", inode.mode));
            }
            if in_use {
                self.blocks(number, &inode);
                inodes.insert(number, inode);
            }
        }
        inodes
    }

    fn blocks(&mut self, number: u32, inode: &Inode) {
        let geometry = self.geometry;
        let holds = match inode.kind() {
            Ok(VnodeKind::Regular | VnodeKind::Directory) => true,
            Ok(VnodeKind::SymbolicLink) => !inode.is_short_link(&geometry),
            Ok(_) => false,
            Err(_) => {
                self.problems.push(format!("inode {number}: mode {:o}", inode.mode));
                false
            }
        };
        let mut fragments = 0;
        let last = inode.size.div_ceil(u64::from(geometry.fs_bsize));
        if holds {
            for index in 0..UFS_NDADDR {
                let pointer = inode.pointer(index as usize, &geometry);
                let count = geometry.fragments_of(inode.size, LogicalBlock(index));
                if pointer.0 != 0 && count == 0 {
                    self.problems.push(format!("inode {number}: block {index} past the end"));
                } else if pointer.0 != 0 && self.own(pointer, count, number) {
                    fragments += u64::from(count);
                }
            }
            let (mut first, mut span) = (UFS_NDADDR, u64::from(geometry.fs_nindir));
            for level in 0..3 {
                let pointer = inode.pointer(12 + level, &geometry);
                if pointer.0 != 0 {
                    fragments += self.tree(number, pointer, level, first, last);
                }
                first += span;
                span *= u64::from(geometry.fs_nindir);
            }
        }
        let blocks = fragments << (geometry.fs_fshift - 9);
        if inode.blocks != blocks {
            self.problems.push(format!("inode {number}: di_blocks {} should be {blocks}", inode.blocks));
        }
    }

    fn tree(&mut self, number: u32, pointer: FragmentNumber, level: usize, first: u64, last: u64) -> u64 {
        let geometry = self.geometry;
        if first >= last {
            self.problems.push(format!("inode {number}: indirect block past the end"));
        }
        if !self.own(pointer, geometry.fs_frag, number) {
            return 0;
        }
        let mut fragments = u64::from(geometry.fs_frag);
        let bytes = self.bytes(geometry.byte_offset(pointer), geometry.fs_bsize as usize).to_vec();
        let below = u64::from(geometry.fs_nindir).pow(level as u32);
        for index in 0..geometry.fs_nindir as usize {
            let child = read_pointer(&bytes, index, &geometry);
            let block = first + index as u64 * below;
            if child.0 == 0 {
                continue;
            }
            if level > 0 {
                fragments += self.tree(number, child, level - 1, block, last);
            } else if block >= last {
                self.problems.push(format!("inode {number}: block {block} past the end"));
            } else if self.own(child, geometry.fs_frag, number) {
                fragments += u64::from(geometry.fs_frag);
            }
        }
        fragments
    }

    fn data(&self, inode: &Inode, block: u64) -> Option<Vec<u8>> {
        let geometry = &self.geometry;
        let mut pointer;
        if block < UFS_NDADDR {
            pointer = inode.pointer(block as usize, geometry);
        } else {
            let nindir = u64::from(geometry.fs_nindir);
            let (mut rest, mut level, mut span) = (block - UFS_NDADDR, 0, nindir);
            while rest >= span {
                (rest, level, span) = (rest - span, level + 1, span * nindir);
            }
            pointer = inode.pointer(12 + level, geometry);
            for step in (0..=level).rev() {
                let bytes = self.bytes(geometry.byte_offset(pointer), geometry.fs_bsize as usize);
                let index = rest / nindir.pow(step as u32) % nindir;
                pointer = read_pointer(bytes, index as usize, geometry);
                if pointer.0 == 0 {
                    return None;
                }
            }
        }
        let count = geometry.fragments_of(inode.size, LogicalBlock(block)) << geometry.fs_fshift;
        (pointer.0 != 0).then(|| self.bytes(geometry.byte_offset(pointer), count as usize).to_vec())
    }

    fn names(&mut self, inodes: &BTreeMap<u32, Inode>) {
        let geometry = self.geometry;
        let format = EntryFormat { order: geometry.order, old: geometry.old_directories() };
        for (&number, inode) in inodes.iter().filter(|(_, inode)| inode.is_directory()) {
            let mut seen = Vec::new();
            for block in 0..inode.size.div_ceil(u64::from(geometry.fs_bsize)) {
                let Some(bytes) = self.data(inode, block) else {
                    self.problems.push(format!("directory {number}: hole at block {block}"));
                    continue;
                };
                let rest = (inode.size - block * u64::from(geometry.fs_bsize)).min(bytes.len() as u64);
                for chunk in bytes[..rest as usize].chunks(UFS_DIRBLKSIZ) {
                    let mut end = 0;
                    for entry in format.entries(chunk) {
                        let Ok(entry) = entry else {
                            self.problems.push(format!("directory {number}: bad entry"));
                            break;
                        };
                        end = entry.at + entry.length;
                        if entry.number.0 == 0 {
                            continue;
                        }
                        let name = entry.name(chunk).to_vec();
                        *self.links.entry(entry.number.0).or_default() += 1;
                        match inodes.get(&entry.number.0) {
                            None => self.problems.push(format!("{number}: {name:?} leads to a free inode")),
                            Some(target) => {
                                let kind = target.kind().map_or(0, |kind| kind.directory_entry_type());
                                if !format.old && entry.kind != kind {
                                    self.problems.push(format!("{number}: {name:?} has kind {}", entry.kind));
                                }
                            }
                        }
                        seen.push(name);
                    }
                    if end != UFS_DIRBLKSIZ {
                        self.problems.push(format!("directory {number}: a block ends at {end}"));
                    }
                }
            }
            let count = seen.len();
            seen.sort();
            seen.dedup();
            if count != seen.len() || !seen.contains(&b".".to_vec()) || !seen.contains(&b"..".to_vec()) {
                self.problems.push(format!("directory {number}: names twice, or no dots"));
            }
        }
        for (&number, inode) in inodes {
            let links = self.links.get(&number).copied().unwrap_or(0);
            if u32::from(inode.nlink) != links {
                self.problems.push(format!("inode {number}: {} links, {links} names", inode.nlink));
            }
        }
    }

    fn groups(&mut self, superblock: &Superblock, inodes: &BTreeMap<u32, Inode>) {
        let geometry = self.geometry;
        let mut total = Summary::default();
        for group in (0..geometry.fs_ncg).map(GroupNumber) {
            let block = self.bytes(geometry.group_block_offset(group), geometry.fs_cgsize as usize).to_vec();
            let counts = self.group(group, &block, inodes);
            let told = Summary::read(geometry.order, &block, 24);
            let area = (geometry.fs_csaddr << geometry.fs_fshift) + 16 * u64::from(group.0);
            let listed = Summary::read(geometry.order, self.bytes(area, 16), 0);
            if told != counts || listed != counts {
                let text = format!("group {}: {told:?}, summary {listed:?}, should be {counts:?}", group.0);
                self.problems.push(text);
            }
            total.apply(Summary::default(), counts);
        }
        if superblock.fs_cstotal != total {
            self.problems.push(format!("totals {:?} should be {total:?}", superblock.fs_cstotal));
        }
    }

    fn group(&mut self, group: GroupNumber, block: &[u8], inodes: &BTreeMap<u32, Inode>) -> Summary {
        let geometry = self.geometry;
        let order: ByteOrder = geometry.order;
        let mut counts = Summary::default();
        let base = geometry.group_base(group).0;
        let map = order.u32(block, 96) as usize;
        let fragments = geometry.group_fragments(group);
        let mut sums = [0u32; 9];
        let mut free_blocks = Vec::new();
        for first in (0..fragments).step_by(geometry.fs_frag as usize) {
            let here = geometry.fs_frag.min(fragments - first);
            let free: Vec<bool> =
                (first..first + here).map(|f| self.owners[(base + u64::from(f)) as usize] == 0).collect();
            for (index, &free) in free.iter().enumerate() {
                let place = first as usize + index;
                if (block[map + place / 8] >> (place % 8) & 1 == 1) != free {
                    self.problems.push(format!("group {}: fragment {place}, free {free}", group.0));
                }
            }
            let whole = free.len() == geometry.fs_frag as usize && free.iter().all(|&free| free);
            free_blocks.push(whole);
            if whole {
                counts.cs_nbfree += 1;
                continue;
            }
            counts.cs_nffree += free.iter().filter(|&&free| free).count() as i64;
            for run in free.split(|&free| !free).filter(|run| !run.is_empty()) {
                sums[run.len()] += 1;
            }
        }
        for length in 1..geometry.fs_frag as usize {
            let told = order.u32(block, 52 + 4 * length);
            if told != sums[length] {
                let text = format!("group {}: cg_frsum[{length}] is {told}, not {}", group.0, sums[length]);
                self.problems.push(text);
            }
        }
        self.clusters(group, block, &free_blocks);
        let first = group.0 * geometry.fs_ipg;
        let used = (first..first + geometry.fs_ipg).filter(|n| *n < 2 || inodes.contains_key(n)).count();
        counts.cs_nifree = i64::from(geometry.fs_ipg) - used as i64;
        counts.cs_ndir =
            inodes.range(first..first + geometry.fs_ipg).filter(|(_, i)| i.is_directory()).count() as i64;
        counts
    }

    fn clusters(&mut self, group: GroupNumber, block: &[u8], free: &[bool]) {
        let geometry = self.geometry;
        let most = geometry.fs_contigsumsize as usize;
        if most == 0 {
            return;
        }
        let (sums, map) = (geometry.order.u32(block, 104) as usize, geometry.order.u32(block, 108) as usize);
        let blocks = geometry.order.u32(block, 112) as usize;
        let mut expected = vec![0u32; most + 1];
        for run in free[..blocks.min(free.len())].split(|&free| !free).filter(|run| !run.is_empty()) {
            expected[run.len().min(most)] += 1;
        }
        for (index, &free) in free.iter().enumerate().take(blocks) {
            if (block[map + index / 8] >> (index % 8) & 1 == 1) != free {
                self.problems.push(format!("group {}: cluster map, block {index}", group.0));
            }
        }
        for length in 1..=most {
            let told = geometry.order.u32(block, sums + 4 * length);
            if told != expected[length] {
                let wanted = expected[length];
                self.problems
                    .push(format!("group {}: cg_clustersum[{length}] is {told}, not {wanted}", group.0));
            }
        }
    }
}
