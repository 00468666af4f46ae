//! What follows from the superblock's constant fields: where things are, and how large.

use crate::format::byte_order::ByteOrder;
use crate::format::numbers::{FragmentNumber, GroupNumber, InodeNumber, LogicalBlock};
use rump::errno::{Errno, Result};

/// The two on-disk formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    Ufs1,
    Ufs2,
}

/// Block pointers in an inode that name data (`UFS_NDADDR`).
pub const UFS_NDADDR: u64 = 12;
/// Block pointers in an inode that name indirect blocks (`UFS_NIADDR`).
pub const UFS_NIADDR: usize = 3;
/// Fragments in a block at most (`MAXFRAG`).
pub const MAXFRAG: u32 = 8;
const MINBSIZE: u32 = 4096;
const MAXBSIZE: u32 = 65536;
const MINFSIZE: u32 = 512;
/// Bytes of a cylinder group's header (`struct cg` up to `cg_space`).
const CG_HEADER: u32 = 168;

/// The constant fields of the superblock, under their names in fs(5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    pub order: ByteOrder,
    pub version: Version,
    /// Whether the 64-bit fields are in use: always in UFS2, with `FS_FLAGS_UPDATED` in UFS1.
    pub updated: bool,
    pub fs_sblkno: u32,
    pub fs_cblkno: u32,
    pub fs_iblkno: u32,
    pub fs_dblkno: u32,
    pub fs_old_cgoffset: u32,
    pub fs_old_cgmask: u32,
    pub fs_ncg: u32,
    pub fs_bsize: u32,
    pub fs_fsize: u32,
    pub fs_frag: u32,
    /// Percent.
    pub fs_minfree: u32,
    pub fs_bshift: u32,
    pub fs_fshift: u32,
    pub fs_fragshift: u32,
    pub fs_maxbpg: u32,
    pub fs_nindir: u32,
    pub fs_inopb: u32,
    /// 0 to save time, 1 to save space.
    pub fs_optim: u32,
    pub fs_cssize: u32,
    pub fs_cgsize: u32,
    pub fs_ipg: u32,
    pub fs_fpg: u32,
    /// In fragments.
    pub fs_size: u64,
    /// In fragments.
    pub fs_dsize: u64,
    pub fs_csaddr: u64,
    pub fs_avgfilesize: u32,
    pub fs_avgfpdir: u32,
    pub fs_contigsumsize: u32,
    pub fs_maxsymlinklen: i32,
    /// Inodes of 4.2BSD, with 16-bit owners (`fs_old_inodefmt`).
    pub old_inodes: bool,
    pub fs_maxfilesize: u64,
    pub fs_old_spc: u32,
    pub fs_old_nsect: u32,
    pub fs_old_npsect: u32,
    pub fs_old_interleave: u32,
    pub fs_old_trackskew: u32,
    pub fs_old_nrpos: u32,
    pub fs_old_cpg: u32,
    pub fs_old_ncyl: u32,
    /// Cylinder groups of 4.2BSD, with tables in fixed places (`FS_42POSTBLFMT`).
    pub static_tables: bool,
}

fn require(condition: bool) -> Result<()> {
    if condition { Ok(()) } else { Err(Errno::EINVAL) }
}

impl Geometry {
    /// Whether all is where it is in the other: they differ in nothing but what tunefs(8) changes.
    #[must_use]
    pub fn has_layout_of(&self, other: &Self) -> bool {
        let tuned = Self {
            fs_minfree: other.fs_minfree,
            fs_maxbpg: other.fs_maxbpg,
            fs_optim: other.fs_optim,
            fs_avgfilesize: other.fs_avgfilesize,
            fs_avgfpdir: other.fs_avgfpdir,
            ..*self
        };
        tuned == *other
    }

    /// Fragments that only the superuser may use.
    #[must_use]
    pub fn reserved_fragments(&self) -> u64 {
        self.fs_dsize * u64::from(self.fs_minfree) / 100
    }

    /// Checks that nothing contradicts anything else, so that the calculations below cannot go astray.
    pub(crate) fn check(&self, device_size: u64) -> Result<()> {
        self.check_sizes()?;
        self.check_groups()?;
        self.check_summary_area(device_size)
    }

    fn check_sizes(&self) -> Result<()> {
        require(self.fs_bsize.is_power_of_two() && (MINBSIZE..=MAXBSIZE).contains(&self.fs_bsize))?;
        require(self.fs_fsize.is_power_of_two() && (MINFSIZE..=self.fs_bsize).contains(&self.fs_fsize))?;
        require(self.fs_bshift == self.fs_bsize.trailing_zeros())?;
        require(self.fs_fshift == self.fs_fsize.trailing_zeros())?;
        require(self.fs_frag == self.fs_bsize / self.fs_fsize && self.fs_frag <= MAXFRAG)?;
        require(self.fs_fragshift == self.fs_frag.trailing_zeros())?;
        require(self.fs_nindir == self.fs_bsize / self.pointer_size())?;
        require(self.fs_inopb == self.fs_bsize / self.inode_size())?;
        require(self.fs_maxbpg > 0 && self.fs_maxfilesize > 0)?;
        require(self.fs_contigsumsize <= self.fs_bsize / 4)
    }

    fn check_groups(&self) -> Result<()> {
        require(self.fs_size > 0 && self.fs_size <= u64::MAX >> 17 && self.fs_dsize <= self.fs_size)?;
        require(self.version == Version::Ufs2 || i32::try_from(self.fs_size).is_ok())?;
        require(self.fs_ncg > 0 && self.fs_fpg > 0 && self.fs_fpg.is_multiple_of(self.fs_frag))?;
        let fpg = u64::from(self.fs_fpg);
        require(self.fs_size.div_ceil(fpg) == u64::from(self.fs_ncg))?;
        require(self.fs_fpg / 8 <= self.fs_cgsize)?;
        require(self.fs_ipg > 0 && self.fs_ipg / 8 <= self.fs_cgsize)?;
        require(self.fs_ipg.checked_mul(self.fs_ncg).is_some_and(|inodes| inodes > InodeNumber::ROOT.0))?;
        require(CG_HEADER <= self.fs_cgsize && self.fs_cgsize <= self.fs_bsize)?;
        require(self.fs_sblkno <= self.fs_cblkno && self.fs_cblkno < self.fs_iblkno)?;
        require(self.fs_iblkno < self.fs_dblkno && self.fs_dblkno <= self.fs_fpg)?;
        let group_room = u64::from(self.fs_iblkno - self.fs_cblkno) << self.fs_fshift;
        require(u64::from(self.group_block_size()) <= group_room)?;
        let inode_room = u64::from(self.fs_ipg.div_ceil(self.fs_inopb)) << self.fs_fragshift;
        require(inode_room <= u64::from(self.fs_dblkno - self.fs_iblkno))?;
        // The metadata of every group, wherever in the group UFS1 moves it, lies inside it.
        require(
            self.fs_iblkno.is_multiple_of(self.fs_frag) && self.fs_old_cgoffset.is_multiple_of(self.fs_frag),
        )?;
        let last = GroupNumber(self.fs_ncg - 1);
        if self.version == Version::Ufs1 {
            let farthest = u64::from(!self.fs_old_cgmask).min(u64::from(last.0));
            require(farthest * u64::from(self.fs_old_cgoffset) + u64::from(self.fs_dblkno) <= fpg)?;
        }
        require(self.group_start(last).0 + u64::from(self.fs_dblkno) <= self.fs_size)?;
        if self.keeps_old_tables() {
            require(self.fs_old_spc > 0 && self.fs_old_nsect > 0 && self.fs_old_npsect > 0)?;
            require(self.fs_old_nrpos <= 32)?;
        }
        Ok(())
    }

    fn check_summary_area(&self, device_size: u64) -> Result<()> {
        require(u64::from(self.fs_cssize) >= u64::from(self.fs_ncg) * 16)?;
        let length = self.summary_fragments();
        let end = self.fs_csaddr.checked_add(length).ok_or(Errno::EINVAL)?;
        require(end <= self.fs_size && end <= device_size >> self.fs_fshift)?;
        let group = self.group_of(FragmentNumber(self.fs_csaddr));
        require(self.fs_csaddr >= self.group_start(group).0 + u64::from(self.fs_dblkno))
    }

    /// Fragments of the summary area.
    #[must_use]
    pub fn summary_fragments(&self) -> u64 {
        u64::from(self.fs_cssize.div_ceil(self.fs_fsize))
    }

    /// Bytes of a block pointer.
    #[must_use]
    pub fn pointer_size(&self) -> u32 {
        if self.version == Version::Ufs1 { 4 } else { 8 }
    }

    /// Bytes of an inode.
    #[must_use]
    pub fn inode_size(&self) -> u32 {
        if self.version == Version::Ufs1 { 128 } else { 256 }
    }

    /// Bytes in which a cylinder group's block is read and written.
    #[must_use]
    pub fn group_block_size(&self) -> u32 {
        self.fs_cgsize.next_multiple_of(self.fs_fsize)
    }

    /// Whether directory entries have no type, and names have 16-bit lengths.
    #[must_use]
    pub fn old_directories(&self) -> bool {
        self.fs_maxsymlinklen <= 0
    }

    /// Whether groups keep the rotational tables that UFS1 had before `FS_FLAGS_UPDATED`.
    #[must_use]
    pub fn keeps_old_tables(&self) -> bool {
        !self.updated
    }

    /// The greatest size of a file in bytes.
    #[must_use]
    pub fn greatest_file(&self) -> u64 {
        let nindir = u128::from(self.fs_nindir);
        let blocks = u128::from(UFS_NDADDR) + nindir + nindir.pow(2) + nindir.pow(3);
        let most = (blocks << self.fs_bshift).min(i64::MAX as u128) as u64;
        // UFS1 counts what a file holds in 32 bits of 512 bytes.
        self.fs_maxfilesize.min(most)
    }

    /// Where a fragment is on the device, in bytes.
    #[must_use]
    pub fn byte_offset(&self, fragment: FragmentNumber) -> u64 {
        fragment.0 << self.fs_fshift
    }

    /// The group that a fragment belongs to (`dtog`).
    #[must_use]
    pub fn group_of(&self, fragment: FragmentNumber) -> GroupNumber {
        GroupNumber((fragment.0 / u64::from(self.fs_fpg)) as u32)
    }

    /// A fragment's place in its group (`dtogd`).
    #[must_use]
    pub fn place_in_group(&self, fragment: FragmentNumber) -> u32 {
        (fragment.0 % u64::from(self.fs_fpg)) as u32
    }

    /// First fragment of a group (`cgbase`).
    #[must_use]
    pub fn group_base(&self, group: GroupNumber) -> FragmentNumber {
        FragmentNumber(u64::from(group.0) * u64::from(self.fs_fpg))
    }

    /// Where a group's metadata is counted from (`cgstart`).
    #[must_use]
    pub fn group_start(&self, group: GroupNumber) -> FragmentNumber {
        let base = self.group_base(group).0;
        if self.version == Version::Ufs2 {
            return FragmentNumber(base);
        }
        FragmentNumber(base + u64::from(self.fs_old_cgoffset) * u64::from(group.0 & !self.fs_old_cgmask))
    }

    /// Fragments in a group; the last may be shorter than the others.
    #[must_use]
    pub fn group_fragments(&self, group: GroupNumber) -> u32 {
        let rest = self.fs_size.saturating_sub(self.group_base(group).0);
        rest.min(u64::from(self.fs_fpg)) as u32
    }

    /// Where a cylinder group's block is on the device, in bytes (`cgtod`).
    #[must_use]
    pub fn group_block_offset(&self, group: GroupNumber) -> u64 {
        self.byte_offset(self.group_start(group).plus(self.fs_cblkno))
    }

    /// All inodes there are, in use or not.
    #[must_use]
    pub fn inode_count(&self) -> u32 {
        self.fs_ncg * self.fs_ipg
    }

    /// The group that an inode belongs to.
    #[must_use]
    pub fn group_of_inode(&self, number: InodeNumber) -> GroupNumber {
        GroupNumber(number.0 / self.fs_ipg)
    }

    /// Where the block with an inode is on the device, and where in the block the inode is; both in bytes.
    #[must_use]
    pub fn inode_place(&self, number: InodeNumber) -> (u64, usize) {
        let index = number.0 % self.fs_ipg;
        let table = self.group_start(self.group_of_inode(number)).plus(self.fs_iblkno);
        let block = table.plus((index / self.fs_inopb) << self.fs_fragshift);
        (self.byte_offset(block), ((index % self.fs_inopb) * self.inode_size()) as usize)
    }

    /// The block of a file that a byte belongs to.
    #[must_use]
    pub fn block_of(&self, offset: u64) -> LogicalBlock {
        LogicalBlock(offset >> self.fs_bshift)
    }

    /// First byte of a block of a file.
    #[must_use]
    pub fn block_start(&self, block: LogicalBlock) -> u64 {
        block.0 << self.fs_bshift
    }

    /// A byte's place in its block.
    #[must_use]
    pub fn offset_in_block(&self, offset: u64) -> u32 {
        (offset & u64::from(self.fs_bsize - 1)) as u32
    }

    /// Fragments that `bytes`, one block's at most, take.
    #[must_use]
    pub fn fragments_for(&self, bytes: u32) -> u32 {
        bytes.div_ceil(self.fs_fsize)
    }

    /// Fragments that a block of a file of `size` bytes has (`ffs_sblksize`): only the last of the direct blocks may have
    /// less than all.
    #[must_use]
    pub fn fragments_of(&self, size: u64, block: LogicalBlock) -> u32 {
        if block.0 >= UFS_NDADDR || size >= self.block_start(LogicalBlock(block.0 + 1)) {
            return self.fs_frag;
        }
        if size <= self.block_start(block) {
            return 0;
        }
        self.fragments_for(self.offset_in_block(size))
    }

    /// Checks that a pointer names `count` fragments of the data area within one block.
    ///
    /// # Errors
    /// `EIO` when it does not.
    pub fn check_pointer(&self, fragment: FragmentNumber, count: u32) -> Result<()> {
        let first = fragment.0;
        let end = first.checked_add(u64::from(count)).ok_or(Errno::EIO)?;
        let in_block = (first & u64::from(self.fs_frag - 1)) as u32;
        if first == 0 || end > self.fs_size || count == 0 || in_block + count > self.fs_frag {
            return Err(Errno::EIO);
        }
        if self.is_metadata(first, end) { Err(Errno::EIO) } else { Ok(()) }
    }

    /// Whether any of these fragments, all of one group, belong to the superblocks, cylinder groups, inodes or summary.
    fn is_metadata(&self, first: u64, end: u64) -> bool {
        let group = self.group_of(FragmentNumber(first));
        let start = self.group_start(group).0;
        let reserved = if group.0 == 0 { 0 } else { start + u64::from(self.fs_sblkno) };
        let data = start + u64::from(self.fs_dblkno);
        let summary_end = self.fs_csaddr + self.summary_fragments();
        (end > reserved && first < data) || (end > self.fs_csaddr && first < summary_end)
    }
}
