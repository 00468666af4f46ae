//! Where new blocks, fragments and inodes are taken from, and giving them back.
//!
//! The policy is the classic one: a file's inode lies in its directory's group and its data in its inode's, each block
//! behind the one before; large files move on to another group every `fs_maxbpg` blocks; directories spread.

use crate::format::cylinder_group::CylinderGroup;
use crate::format::geometry::Geometry;
use crate::format::numbers::{FragmentNumber, GroupNumber, InodeNumber};
use crate::format::superblock::Summary;
use crate::relocation::{Piece, PieceOwner};
use crate::volume::{Accounts, Volume};
use rump::errno::{Errno, Result};
use rump::sched;
use vfs::block_device::BlockDevice;

/// Where something new is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preference {
    pub group: GroupNumber,
    /// The very place, if there is one that is better than others.
    pub fragment: Option<FragmentNumber>,
}

/// The order in which groups are searched: the preferred one, then at doubling distances, then all.
fn search_order(first: GroupNumber, count: u32) -> impl Iterator<Item = GroupNumber> {
    let doubling = core::iter::successors(Some(1u64), |step| Some(step * 2))
        .take_while(move |&step| step < u64::from(count))
        .scan(u64::from(first.0), move |group, step| {
            *group = (*group + step) % u64::from(count);
            Some(*group as u32)
        });
    let all = (1..count).map(move |step| ((u64::from(first.0) + u64::from(step)) % u64::from(count)) as u32);
    core::iter::once(first.0).chain(doubling).chain(all).map(GroupNumber)
}

/// How many directories may be made in a group one after another, so that the files to come find room.
fn directories_in_a_row(geometry: &Geometry, free_blocks: i64, directories: i64) -> i64 {
    let bsize = i64::from(geometry.fs_bsize);
    let group_bytes = i64::from(geometry.fs_fsize) * i64::from(geometry.fs_fpg);
    let expected = i64::from(geometry.fs_avgfilesize).saturating_mul(i64::from(geometry.fs_avgfpdir));
    let seen = if directories > 0 {
        group_bytes.saturating_sub(free_blocks.saturating_mul(bsize)) / directories
    } else {
        0
    };
    let each = expected.max(seen).max(1);
    let by_space = (free_blocks.saturating_mul(bsize) / each).min(255);
    let by_inodes = i64::from(geometry.fs_ipg / geometry.fs_avgfpdir.max(1));
    by_space.min(by_inodes).max(1)
}

impl Volume {
    /// Runs `change` on a group and brings all counts up to date.
    fn with_group<R>(
        &self,
        accounts: &mut Accounts,
        group: GroupNumber,
        change: impl FnOnce(&mut CylinderGroup<'_>) -> R,
    ) -> Result<R> {
        let geometry = &self.geometry;
        let length = geometry.group_block_size() as usize;
        let buffer = self.buffers.read(geometry.group_block_offset(group), length)?;
        let mut bytes = buffer.write();
        let mut opened = CylinderGroup::open(&mut bytes, geometry, group)?;
        let before = opened.summary();
        let result = change(&mut opened);
        let after = opened.summary();
        if before != after {
            opened.set_time(self.now().seconds);
            accounts.apply(group, before, after);
        }
        Ok(result)
    }

    /// Takes `count` fragments of one block; all of a block's are a whole block.
    ///
    /// # Errors
    /// `ENOSPC`, for others than the superuser when only the reserve is left; `EIO` for groups that contradict themselves.
    pub fn allocate(&self, count: u32, preference: Preference) -> Result<FragmentNumber> {
        self.with_moved_given_back(|| {
            let mut accounts = self.accounts.lock();
            self.check_reserve(&accounts)?;
            self.allocate_in(&mut accounts, count, preference)
        })
    }

    /// # Errors
    /// `ENOSPC` when only the reserve is left, and it is not the caller's.
    fn check_reserve(&self, accounts: &Accounts) -> Result<()> {
        let superblock = &accounts.superblock;
        if superblock.fs_cstotal.free_fragments(&self.geometry) > superblock.geometry.reserved_fragments() {
            return Ok(());
        }
        // Threads of the kernel itself have no lwp of a program.
        let privileged =
            sched::with_current(|lwp| lwp.is_none_or(|lwp| lwp.process.credentials().is_superuser()));
        if privileged { Ok(()) } else { Err(Errno::ENOSPC) }
    }

    fn allocate_in(
        &self,
        accounts: &mut Accounts,
        count: u32,
        preference: Preference,
    ) -> Result<FragmentNumber> {
        let geometry = &self.geometry;
        let whole = count >= geometry.fs_frag;
        let preferred = preference.fragment.filter(|fragment| fragment.0 < geometry.fs_size);
        let first = preferred.map_or(preference.group, |fragment| geometry.group_of(fragment));
        let first = GroupNumber(first.0 % geometry.fs_ncg);
        for group in search_order(first, geometry.fs_ncg) {
            let counts = accounts.groups.get(group.0 as usize).copied().unwrap_or_default();
            if counts.cs_nbfree <= 0 && (whole || counts.cs_nffree <= 0) {
                continue;
            }
            let place =
                preferred.filter(|_| group == first).map(|fragment| geometry.place_in_group(fragment));
            let found = self.with_group(accounts, group, |opened| {
                if whole { opened.allocate_block(place) } else { opened.allocate_fragments(count, place) }
            })?;
            if let Some(found) = found {
                let fragment = FragmentNumber(geometry.group_base(group).0 + u64::from(found));
                // A group that calls metadata free is not to be believed.
                geometry.check_pointer(fragment, count)?;
                return Ok(fragment);
            }
        }
        Err(Errno::ENOSPC)
    }

    /// Makes a piece that an inode names `new` fragments long, in place if what follows is free, else elsewhere
    /// ([`relocation`](crate::relocation)); what is in memory is the caller's to move.
    ///
    /// # Errors
    /// As [`allocate`](Self::allocate), `ENOMEM`; nothing has changed then.
    pub fn grow_fragments(
        &self,
        owner: PieceOwner,
        piece: Piece,
        new: u32,
        preference: Preference,
    ) -> Result<FragmentNumber> {
        self.geometry.check_pointer(piece.fragment, piece.count)?;
        self.with_moved_given_back(|| self.try_to_grow(owner, piece, new, preference))
    }

    fn try_to_grow(
        &self,
        owner: PieceOwner,
        piece: Piece,
        new: u32,
        preference: Preference,
    ) -> Result<FragmentNumber> {
        let geometry = &self.geometry;
        let found = {
            let mut accounts = self.accounts.lock();
            self.check_reserve(&accounts)?;
            let group = geometry.group_of(piece.fragment);
            let place = geometry.place_in_group(piece.fragment);
            if self.with_group(&mut accounts, group, |opened| opened.extend(place, piece.count, new))? {
                return Ok(piece.fragment);
            }
            self.allocate_with_room(&mut accounts, new, preference)?
        };
        self.relocate(owner, piece, found).inspect_err(|_| self.keep_failure(self.free(found, new)))?;
        Ok(found)
    }

    /// Takes `count` fragments for what will grow again: where there are blocks left, the first of a block whose end is free.
    fn allocate_with_room(
        &self,
        accounts: &mut Accounts,
        count: u32,
        preference: Preference,
    ) -> Result<FragmentNumber> {
        const SAVE_TIME: u32 = 0;
        let whole = self.geometry.fs_frag;
        if count < whole
            && accounts.superblock.geometry.fs_optim == SAVE_TIME
            && accounts.superblock.fs_cstotal.cs_nbfree > 0
        {
            match self.allocate_in(accounts, whole, preference) {
                Err(Errno::ENOSPC) => {}
                found => {
                    let found = found?;
                    self.free_in(accounts, found.plus(count), whole - count)?;
                    return Ok(found);
                }
            }
        }
        self.allocate_in(accounts, count, preference)
    }

    /// Gives fragments of one block back, and forgets what the buffer cache has of them.
    ///
    /// # Errors
    /// `EIO` when they are no data, or free already.
    pub fn free(&self, fragment: FragmentNumber, count: u32) -> Result<()> {
        self.free_in(&mut self.accounts.lock(), fragment, count)
    }

    pub(crate) fn free_in(
        &self,
        accounts: &mut Accounts,
        fragment: FragmentNumber,
        count: u32,
    ) -> Result<()> {
        self.geometry.check_pointer(fragment, count)?;
        let group = self.geometry.group_of(fragment);
        let place = self.geometry.place_in_group(fragment);
        self.with_group(accounts, group, |opened| opened.free(place, count))??;
        self.buffers.discard(self.geometry.byte_offset(fragment));
        Ok(())
    }

    /// Where a block of a file goes whose last block in front of it is at `previous`. `index` counts the blocks that one
    /// array of pointers names.
    pub(crate) fn block_preference(
        &self,
        number: InodeNumber,
        index: u64,
        previous: Option<FragmentNumber>,
    ) -> Preference {
        let geometry = &self.geometry;
        let home = geometry.group_of_inode(number);
        let Some(previous) = previous else { return Preference { group: home, fragment: None } };
        let accounts = self.accounts.lock();
        if index == 0 || !index.is_multiple_of(u64::from(accounts.superblock.geometry.fs_maxbpg)) {
            return Preference { group: home, fragment: Some(previous.plus(geometry.fs_frag)) };
        }
        let group = geometry.group_of(previous).0.saturating_add(1) % geometry.fs_ncg;
        let average = accounts.superblock.fs_cstotal.cs_nbfree / i64::from(geometry.fs_ncg);
        let good = (group..geometry.fs_ncg)
            .chain(0..group)
            .find(|&group| accounts.groups.get(group as usize).is_some_and(|sums| sums.cs_nbfree >= average));
        Preference { group: GroupNumber(good.unwrap_or(home.0)), fragment: None }
    }

    /// Takes an inode for a file in directory `parent`. What it held before is still in its place on the disk.
    ///
    /// # Errors
    /// `ENOSPC`; `EIO`.
    pub fn allocate_inode(&self, parent: InodeNumber, is_directory: bool) -> Result<InodeNumber> {
        let geometry = &self.geometry;
        let mut accounts = self.accounts.lock();
        let home = if is_directory {
            self.directory_group(&mut accounts, parent)
        } else {
            geometry.group_of_inode(parent)
        };
        if let Some(count) = accounts.contiguous_directories.get_mut(home.0 as usize) {
            *count = if is_directory { count.saturating_add(1) } else { count.saturating_sub(1) };
        }
        for group in search_order(home, geometry.fs_ncg) {
            if accounts.groups.get(group.0 as usize).is_none_or(|counts| counts.cs_nifree <= 0) {
                continue;
            }
            let wanted = (!is_directory && group == home).then_some(parent.0 % geometry.fs_ipg);
            let random = accounts.random();
            let found = self.with_group(&mut accounts, group, |opened| {
                let Some(index) = opened.allocate_inode(wanted, is_directory) else { return Ok(None) };
                self.initialise_inodes(opened, group, index, random)?;
                Ok(Some(index))
            })??;
            if let Some(index) = found {
                let number = InodeNumber(group.0 * geometry.fs_ipg + index);
                return if self.is_valid_number(number) { Ok(number) } else { Err(Errno::EIO) };
            }
        }
        Err(Errno::ENOSPC)
    }

    /// UFS2 leaves inode blocks unwritten until they are needed: prepares those up to that of inode `index`.
    fn initialise_inodes(
        &self,
        opened: &mut CylinderGroup<'_>,
        group: GroupNumber,
        index: u32,
        random: u64,
    ) -> Result<()> {
        let geometry = &self.geometry;
        if geometry.version == crate::format::geometry::Version::Ufs1 || index >= opened.inode_places() {
            return Ok(());
        }
        let mut ready = opened.initialised_inodes().next_multiple_of(geometry.fs_inopb);
        while index >= ready {
            let first = InodeNumber(group.0 * geometry.fs_ipg + ready);
            let (block, _) = geometry.inode_place(first);
            let buffer = self.buffers.zeroed(block, geometry.fs_bsize as usize)?;
            let mut bytes = buffer.write();
            for slot in 0..geometry.fs_inopb {
                // Generation numbers start anywhere, so that file handles cannot be guessed.
                let generation = (random.rotate_left(slot % 64) as u32).wrapping_add(slot) >> 2 | 1;
                let at = (slot * geometry.inode_size()) as usize + crate::format::dinode::UFS2_GENERATION;
                geometry.order.put_u32(&mut bytes, at, generation);
            }
            drop(bytes);
            // On the device before the group says that they are there.
            self.buffers.flush_block(&buffer)?;
            ready += geometry.fs_inopb;
            opened.set_initialised_inodes(ready.min(opened.inode_places()));
        }
        Ok(())
    }

    /// The group for a new directory: for those in the root one with few directories and enough room, else the parent's
    /// or one near it with enough room and not too many directories in a row.
    fn directory_group(&self, accounts: &mut Accounts, parent: InodeNumber) -> GroupNumber {
        let geometry = &self.geometry;
        let count = i64::from(geometry.fs_ncg);
        let total = accounts.superblock.fs_cstotal;
        let (inodes, blocks) = (total.cs_nifree / count, total.cs_nbfree / count);
        let directories = total.cs_ndir / count;
        let random = accounts.random() as u32;
        let around = |start: u32| (start..geometry.fs_ncg).chain(0..start);
        let counts = |group: u32| accounts.groups.get(group as usize).copied().unwrap_or_default();
        if parent == InodeNumber::ROOT {
            let roomy = |sums: Summary| sums.cs_nifree >= inodes.max(1) && sums.cs_nbfree >= blocks;
            let least = around(random % geometry.fs_ncg)
                .filter(|&g| roomy(counts(g)))
                .min_by_key(|&g| counts(g).cs_ndir);
            return GroupNumber(least.unwrap_or(0));
        }
        let home = geometry.group_of_inode(parent).0 % geometry.fs_ncg;
        let ipg = i64::from(geometry.fs_ipg);
        let most_directories = (directories + ipg / 16).clamp(1, ipg);
        let (few_inodes, few_blocks) = ((inodes - inodes / 4).max(1), (blocks - blocks / 4).max(1));
        let in_a_row = directories_in_a_row(&accounts.superblock.geometry, blocks, directories);
        let good = around(home).find(|&group| {
            let sums = counts(group);
            let row = accounts.contiguous_directories.get(group as usize).copied().unwrap_or(0);
            sums.cs_ndir < most_directories
                && sums.cs_nifree >= few_inodes
                && sums.cs_nbfree >= few_blocks
                && i64::from(row) < in_a_row
        });
        let fallback = || around(home).find(|&group| counts(group).cs_nifree >= inodes.max(1));
        GroupNumber(good.or_else(fallback).unwrap_or(home))
    }

    /// Gives an inode back.
    ///
    /// # Errors
    /// `EIO` when it is free already.
    pub fn free_inode(&self, number: InodeNumber, is_directory: bool) -> Result<()> {
        let group = self.geometry.group_of_inode(number);
        let index = number.0 % self.geometry.fs_ipg;
        let mut accounts = self.accounts.lock();
        self.with_group(&mut accounts, group, |opened| opened.free_inode(index, is_directory))?
    }

    /// Whether the group calls an inode used.
    ///
    /// # Errors
    /// `EIO` for a group that contradicts itself.
    pub fn is_inode_used(&self, number: InodeNumber) -> Result<bool> {
        let group = self.geometry.group_of_inode(number);
        let index = number.0 % self.geometry.fs_ipg;
        let mut accounts = self.accounts.lock();
        self.with_group(&mut accounts, group, |opened| opened.is_inode_used(index))
    }

    /// Fills fragments on the device with zeroes, behind the caches' back.
    pub(crate) fn write_zeroes(&self, fragment: FragmentNumber, count: u32) -> Result<()> {
        let zeroes = rump::memory::zeroed((count << self.geometry.fs_fshift) as usize)?;
        self.device.write(self.geometry.byte_offset(fragment), &zeroes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;
    use alloc::vec::Vec;

    #[test]
    fn the_search_reaches_every_group_and_starts_at_the_first() {
        for count in [1, 2, 3, 7, 64, 100] {
            for first in [0, count / 2, count - 1] {
                let order: Vec<_> = search_order(GroupNumber(first), count).collect();
                assert_eq!(order[0], GroupNumber(first));
                let reached: BTreeSet<_> = order.iter().collect();
                assert_eq!(reached.len(), count as usize);
                assert!(order.iter().all(|group| group.0 < count));
            }
        }
    }
}
