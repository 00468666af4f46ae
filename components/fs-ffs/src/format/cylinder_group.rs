//! A cylinder group's block (`struct cg`): which of its fragments, blocks and inodes are free.
//!
//! In the free map one bit stands for a fragment; a set bit means free. A block whose bits are all set counts as a free
//! block, and free fragments of other blocks count as free fragments. `cg_frsum[n]` counts the runs of exactly `n` free
//! fragments within partly used blocks, and the cluster map and its sums do the same for runs of free blocks.

use crate::format::geometry::Geometry;
use crate::format::numbers::GroupNumber;
use crate::format::superblock::Summary;
use rump::errno::{Errno, Result};

const CG_MAGIC: u32 = 0x0009_0255;

/// Byte offsets of the fields.
mod at {
    pub const MAGIC: usize = 4;
    pub const OLD_TIME: usize = 8;
    pub const CGX: usize = 12;
    pub const NDBLK: usize = 20;
    pub const CS: usize = 24;
    pub const ROTOR: usize = 40;
    pub const FROTOR: usize = 44;
    pub const IROTOR: usize = 48;
    pub const FRSUM: usize = 52;
    pub const OLD_BTOTOFF: usize = 84;
    pub const OLD_BOFF: usize = 88;
    pub const IUSEDOFF: usize = 92;
    pub const FREEOFF: usize = 96;
    pub const CLUSTERSUMOFF: usize = 104;
    pub const CLUSTEROFF: usize = 108;
    pub const NCLUSTERBLKS: usize = 112;
    pub const NIBLK: usize = 116;
    pub const INITEDIBLK: usize = 120;
    pub const TIME: usize = 136;
    /// In the group of 4.2BSD (`struct ocg`), tables lie in fixed places.
    pub const STATIC_BTOT: usize = 84;
    pub const STATIC_B: usize = 212;
    pub const STATIC_IUSED: usize = 724;
    pub const STATIC_MAGIC: usize = 980;
    pub const STATIC_FREE: usize = 984;
}

/// Lengths of the runs of set bits in a byte: bit `n - 1` tells that there is a run of exactly `n`.
const RUNS: [u8; 256] = {
    let mut table = [0u8; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut bit, mut length) = (0, 0);
        while bit <= 8 {
            if bit < 8 && byte >> bit & 1 == 1 {
                length += 1;
            } else if length > 0 {
                table[byte] |= 1 << (length - 1);
                length = 0;
            }
            bit += 1;
        }
        byte += 1;
    }
    table
};

/// Where the tables begin, in bytes from the start of the group's block.
#[derive(Clone, Copy)]
struct Tables {
    inodes: usize,
    fragments: usize,
    /// Sums, map and number of blocks, where clusters are kept.
    clusters: Option<(usize, usize, u32)>,
    /// Totals and positions by cylinder, where they are kept.
    cylinders: Option<(usize, usize)>,
}

/// A group's block, opened for change.
pub struct CylinderGroup<'a> {
    bytes: &'a mut [u8],
    geometry: &'a Geometry,
    tables: Tables,
    /// Fragments in this group.
    fragments: u32,
}

impl<'a> CylinderGroup<'a> {
    /// Takes a group's block and checks that its tables lie within it.
    ///
    /// # Errors
    /// `EIO` for a block that is no cylinder group, or another one, or contradicts itself.
    pub fn open(bytes: &'a mut [u8], geometry: &'a Geometry, group: GroupNumber) -> Result<Self> {
        let order = geometry.order;
        if bytes.len() < geometry.fs_cgsize as usize || order.u32(bytes, at::CGX) != group.0 {
            return Err(Errno::EIO);
        }
        let tables = Self::find_tables(bytes, geometry)?;
        let fragments = geometry.group_fragments(group).min(order.u32(bytes, at::NDBLK));
        let inodes_end = tables.inodes.checked_add(geometry.fs_ipg.div_ceil(8) as usize);
        let fragments_end = tables.fragments.checked_add(geometry.fs_fpg.div_ceil(8) as usize);
        let fits = |end: Option<usize>| end.is_some_and(|end| end <= bytes.len());
        if fits(inodes_end) && fits(fragments_end) {
            Ok(Self { bytes, geometry, tables, fragments })
        } else {
            Err(Errno::EIO)
        }
    }

    fn find_tables(bytes: &[u8], geometry: &Geometry) -> Result<Tables> {
        let order = geometry.order;
        let offset = |at| order.u32(bytes, at) as usize;
        if geometry.static_tables && order.u32(bytes, at::MAGIC) != CG_MAGIC {
            if bytes.len() < at::STATIC_FREE || order.u32(bytes, at::STATIC_MAGIC) != CG_MAGIC {
                return Err(Errno::EIO);
            }
            let cylinders = Some((at::STATIC_BTOT, at::STATIC_B));
            return Ok(Tables {
                inodes: at::STATIC_IUSED,
                fragments: at::STATIC_FREE,
                clusters: None,
                cylinders,
            });
        }
        if order.u32(bytes, at::MAGIC) != CG_MAGIC {
            return Err(Errno::EIO);
        }
        let mut clusters = None;
        if geometry.fs_contigsumsize > 0 {
            let (sums, map) = (offset(at::CLUSTERSUMOFF), offset(at::CLUSTEROFF));
            let blocks = order.u32(bytes, at::NCLUSTERBLKS).min(geometry.fs_fpg >> geometry.fs_fragshift);
            let sums_end = sums.checked_add(4 * (geometry.fs_contigsumsize as usize + 1));
            let map_end = map.checked_add(blocks.div_ceil(8) as usize);
            let inside = |end: Option<usize>| end.is_some_and(|end| end <= bytes.len());
            if !inside(sums_end) || !inside(map_end) {
                return Err(Errno::EIO);
            }
            clusters = Some((sums, map, blocks));
        }
        let cylinders = geometry.keeps_old_tables().then(|| (offset(at::OLD_BTOTOFF), offset(at::OLD_BOFF)));
        Ok(Tables { inodes: offset(at::IUSEDOFF), fragments: offset(at::FREEOFF), clusters, cylinders })
    }

    fn get(&self, at: usize) -> u32 {
        self.geometry.order.u32(self.bytes, at)
    }

    fn set(&mut self, at: usize, value: u32) {
        self.geometry.order.put_u32(self.bytes, at, value);
    }

    fn add(&mut self, at: usize, change: i32) {
        let value = self.get(at).wrapping_add(change.cast_unsigned());
        self.set(at, value);
    }

    /// The group's counts (`cg_cs`).
    #[must_use]
    pub fn summary(&self) -> Summary {
        Summary::read(self.geometry.order, self.bytes, at::CS)
    }

    fn count_directories(&mut self, change: i32) {
        self.add(at::CS, change);
    }

    fn count_free_blocks(&mut self, change: i32) {
        self.add(at::CS + 4, change);
    }

    fn count_free_inodes(&mut self, change: i32) {
        self.add(at::CS + 8, change);
    }

    fn count_free_fragments(&mut self, change: i32) {
        self.add(at::CS + 12, change);
    }

    /// Notes when the group was last changed, in seconds since 1970.
    pub fn set_time(&mut self, now: i64) {
        self.geometry.order.put_i32(self.bytes, at::OLD_TIME, now as i32);
        if self.geometry.updated {
            self.geometry.order.put_i64(self.bytes, at::TIME, now);
        }
    }

    fn bit(&self, table: usize, index: u32) -> bool {
        self.bytes.get(table + (index / 8) as usize).is_some_and(|byte| byte >> (index % 8) & 1 == 1)
    }

    fn set_bit(&mut self, table: usize, index: u32, value: bool) {
        if let Some(byte) = self.bytes.get_mut(table + (index / 8) as usize) {
            *byte = *byte & !(1 << (index % 8)) | u8::from(value) << (index % 8);
        }
    }

    /// Blocks in this group, the last one counted only if it is whole.
    fn blocks(&self) -> u32 {
        self.fragments >> self.geometry.fs_fragshift
    }

    fn whole(&self) -> u8 {
        (0xff_u32 >> (8 - self.geometry.fs_frag)) as u8
    }

    /// The bits of a block's fragments.
    fn block_bits(&self, block: u32) -> u8 {
        let first = block << self.geometry.fs_fragshift;
        let byte = self.bytes.get(self.tables.fragments + (first / 8) as usize).copied().unwrap_or(0);
        byte >> (first % 8) & self.whole()
    }

    fn set_block_bits(&mut self, block: u32, bits: u8) {
        let first = block << self.geometry.fs_fragshift;
        let mask = self.whole() << (first % 8);
        if let Some(byte) = self.bytes.get_mut(self.tables.fragments + (first / 8) as usize) {
            *byte = *byte & !mask | bits << (first % 8);
        }
    }

    /// Puts new bits in a block's place and brings every count up to date.
    fn change_block(&mut self, block: u32, bits: u8) {
        let (before, whole) = (self.block_bits(block), self.whole());
        self.count_block(block, before, -1);
        self.set_block_bits(block, bits);
        self.count_block(block, bits, 1);
        if (before == whole) != (bits == whole) {
            let change = if bits == whole { 1 } else { -1 };
            self.account_cluster(block, change);
            self.account_cylinder(block, change);
        }
    }

    /// Adds a block's free fragments to the counts, or takes them off.
    fn count_block(&mut self, block: u32, bits: u8, sign: i32) {
        debug_assert!(block < self.fragments.div_ceil(self.geometry.fs_frag));
        if bits == self.whole() {
            self.count_free_blocks(sign);
            return;
        }
        self.count_free_fragments(sign * bits.count_ones().cast_signed());
        let mut rest = u32::from(bits);
        while rest != 0 {
            rest >>= rest.trailing_zeros();
            let length = rest.trailing_ones();
            self.add(at::FRSUM + 4 * length as usize, sign);
            rest >>= length;
        }
    }

    /// Brings the cluster map and sums up to date for a block that became free (1) or used (-1).
    fn account_cluster(&mut self, block: u32, change: i32) {
        let Some((sums, map, blocks)) = self.tables.clusters else { return };
        if block >= blocks {
            return;
        }
        self.set_bit(map, block, change > 0);
        let most = self.geometry.fs_contigsumsize;
        let forward =
            (block + 1..blocks).take(most as usize).take_while(|&b| self.bit(map, b)).count() as u32;
        let back = (0..block).rev().take(most as usize).take_while(|&b| self.bit(map, b)).count() as u32;
        let sum = |length: u32| sums + 4 * length.min(most) as usize;
        self.add(sum(back + forward + 1), change);
        if back > 0 {
            self.add(sum(back), -change);
        }
        if forward > 0 {
            self.add(sum(forward), -change);
        }
    }

    /// Brings the rotational tables of old groups up to date.
    fn account_cylinder(&mut self, block: u32, change: i32) {
        let Some((totals, positions)) = self.tables.cylinders else { return };
        let geometry = self.geometry;
        let sector = u64::from(block << geometry.fs_fragshift) << (geometry.fs_fshift - 9);
        let (per_cylinder, per_track) = (u64::from(geometry.fs_old_spc), u64::from(geometry.fs_old_nsect));
        let cylinder = (sector / per_cylinder) as usize;
        if cylinder >= geometry.fs_old_cpg as usize {
            return;
        }
        let total = totals + 4 * cylinder;
        let in_cylinder = sector % per_cylinder;
        let position = if geometry.fs_old_nrpos <= 1 {
            0
        } else {
            let skewed = in_cylinder / per_track * u64::from(geometry.fs_old_trackskew);
            let spread = in_cylinder % per_track * u64::from(geometry.fs_old_interleave);
            (skewed + spread) % per_track * u64::from(geometry.fs_old_nrpos)
                / u64::from(geometry.fs_old_npsect)
        };
        let slot = positions + 2 * (cylinder * geometry.fs_old_nrpos as usize + position as usize);
        if total + 4 <= self.bytes.len() && slot + 2 <= self.bytes.len() {
            self.add(total, change);
            let value = geometry.order.u16(self.bytes, slot).wrapping_add_signed(change as i16);
            geometry.order.put_u16(self.bytes, slot, value);
        }
    }

    /// Takes a whole block: the one at `preferred` if it is free, else the next free one from there, or from where the
    /// last search ended. The answer and `preferred` are in fragments from the start of the group.
    pub fn allocate_block(&mut self, preferred: Option<u32>) -> Option<u32> {
        let block = self.find_free_block(preferred)?;
        self.change_block(block, 0);
        Some(block << self.geometry.fs_fragshift)
    }

    fn find_free_block(&mut self, preferred: Option<u32>) -> Option<u32> {
        let (shift, blocks, whole) = (self.geometry.fs_fragshift, self.blocks(), self.whole());
        if self.summary().cs_nbfree <= 0 || blocks == 0 {
            return None;
        }
        let start = preferred.unwrap_or_else(|| self.get(at::ROTOR)) >> shift;
        let start = if start < blocks { start } else { 0 };
        let found = (start..blocks).chain(0..start).find(|&block| self.block_bits(block) == whole)?;
        if found != start || preferred.is_none() {
            self.set(at::ROTOR, found << shift);
        }
        Some(found)
    }

    /// Takes `count` fragments of one block, fewer than all of it: from the smallest run that has room, else from a whole
    /// free block.
    pub fn allocate_fragments(&mut self, count: u32, preferred: Option<u32>) -> Option<u32> {
        for length in count..self.geometry.fs_frag {
            if self.get(at::FRSUM + 4 * length as usize) == 0 {
                continue;
            }
            if let Some(first) = self.find_run(length, preferred) {
                self.take(first, count);
                return Some(first);
            }
        }
        let block = self.find_free_block(preferred)?;
        let first = block << self.geometry.fs_fragshift;
        self.take(first, count);
        Some(first)
    }

    fn take(&mut self, first: u32, count: u32) {
        let block = first >> self.geometry.fs_fragshift;
        let mask = Self::fragment_mask(first & (self.geometry.fs_frag - 1), count);
        let bits = self.block_bits(block) & !mask;
        self.change_block(block, bits);
    }

    fn fragment_mask(first: u32, count: u32) -> u8 {
        (((1u32 << count) - 1) << first) as u8
    }

    /// Finds a run of exactly `length` free fragments in a partly used block.
    fn find_run(&mut self, length: u32, preferred: Option<u32>) -> Option<u32> {
        let (shift, whole) = (self.geometry.fs_fragshift, self.whole());
        let blocks = self.fragments.div_ceil(self.geometry.fs_frag);
        let start = preferred.unwrap_or_else(|| self.get(at::FROTOR)) >> shift;
        let start = if start < blocks { start } else { 0 };
        let wanted = 1u8 << (length - 1);
        let block = (start..blocks).chain(0..start).find(|&block| {
            let bits = self.block_bits(block);
            bits != whole && RUNS[usize::from(bits)] & wanted != 0
        })?;
        self.set(at::FROTOR, block << shift);
        let bits = u32::from(self.block_bits(block));
        let exact = |first: &u32| {
            let run = bits >> first;
            run.trailing_ones() == length && (*first == 0 || bits >> (first - 1) & 1 == 0)
        };
        (0..self.geometry.fs_frag).find(exact).map(|first| (block << shift) + first)
    }

    /// Makes a piece of `old` fragments at `first` one of `new` fragments, if those behind it are free.
    pub fn extend(&mut self, first: u32, old: u32, new: u32) -> bool {
        let start = first & (self.geometry.fs_frag - 1);
        if start + new > self.geometry.fs_frag {
            return false;
        }
        let mask = Self::fragment_mask(start + old, new - old);
        let block = first >> self.geometry.fs_fragshift;
        let bits = self.block_bits(block);
        if bits & mask != mask {
            return false;
        }
        self.change_block(block, bits & !mask);
        true
    }

    /// Gives `count` fragments of one block back.
    ///
    /// # Errors
    /// `EIO` when any of them is free already; nothing has changed then.
    pub fn free(&mut self, first: u32, count: u32) -> Result<()> {
        let block = first >> self.geometry.fs_fragshift;
        let mask = Self::fragment_mask(first & (self.geometry.fs_frag - 1), count);
        let bits = self.block_bits(block);
        if first + count > self.fragments || bits & mask != 0 {
            return Err(Errno::EIO);
        }
        self.change_block(block, bits | mask);
        Ok(())
    }

    /// Whether all of `count` fragments at `first` are in use.
    #[must_use]
    pub fn is_used(&self, first: u32, count: u32) -> bool {
        (first..first + count).all(|fragment| !self.bit(self.tables.fragments, fragment))
    }

    /// Whether an inode, counted from the first of the group, is in use.
    #[must_use]
    pub fn is_inode_used(&self, index: u32) -> bool {
        self.bit(self.tables.inodes, index)
    }

    /// Takes an inode: `preferred` if it is free, else the next free one after where the last search ended.
    pub fn allocate_inode(&mut self, preferred: Option<u32>, is_directory: bool) -> Option<u32> {
        if self.summary().cs_nifree <= 0 {
            return None;
        }
        let index =
            match preferred.filter(|&index| index < self.geometry.fs_ipg && !self.is_inode_used(index)) {
                Some(index) => index,
                None => {
                    let found = self.find_free_inode()?;
                    self.set(at::IROTOR, found);
                    found
                }
            };
        self.set_bit(self.tables.inodes, index, true);
        self.count_free_inodes(-1);
        if is_directory {
            self.count_directories(1);
        }
        Some(index)
    }

    fn find_free_inode(&self) -> Option<u32> {
        let all = self.geometry.fs_ipg;
        let start = self.get(at::IROTOR);
        let start = if start < all { start } else { 0 };
        let search = |from: u32, to: u32| {
            let table = &self.bytes[self.tables.inodes..];
            let mut index = from;
            while index < to {
                // Eight at a time where all are in use.
                if index.is_multiple_of(8) && table.get((index / 8) as usize) == Some(&0xff) {
                    index += 8;
                } else if !self.is_inode_used(index) {
                    return Some(index);
                } else {
                    index += 1;
                }
            }
            None
        };
        search(start, all).or_else(|| search(0, start))
    }

    /// Gives an inode back.
    ///
    /// # Errors
    /// `EIO` when it is free already.
    pub fn free_inode(&mut self, index: u32, is_directory: bool) -> Result<()> {
        if !self.is_inode_used(index) {
            return Err(Errno::EIO);
        }
        self.set_bit(self.tables.inodes, index, false);
        if index < self.get(at::IROTOR) {
            self.set(at::IROTOR, index);
        }
        self.count_free_inodes(1);
        if is_directory {
            self.count_directories(-1);
        }
        Ok(())
    }

    /// Inodes from the first on whose place on the disk has been initialised (`cg_initediblk`, UFS2), at most all.
    #[must_use]
    pub fn initialised_inodes(&self) -> u32 {
        self.get(at::INITEDIBLK).min(self.geometry.fs_ipg)
    }

    /// Inodes that this group has places for (`cg_niblk`, UFS2).
    #[must_use]
    pub fn inode_places(&self) -> u32 {
        self.get(at::NIBLK).min(self.geometry.fs_ipg)
    }

    /// Notes how many inodes have been initialised.
    pub fn set_initialised_inodes(&mut self, count: u32) {
        self.set(at::INITEDIBLK, count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_told_by_length() {
        assert_eq!(RUNS[0], 0);
        assert_eq!(RUNS[0xff], 0x80);
        assert_eq!(RUNS[0b0110_1110], 0b0000_0110);
        assert_eq!(RUNS[0b1000_0001], 1);
    }
}
