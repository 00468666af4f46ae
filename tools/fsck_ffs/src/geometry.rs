//! Where things are: arithmetic over a validated superblock. Addresses are fragment numbers.

use crate::superblock::{Superblock, Version};

impl Superblock {
    /// The first fragment of a group.
    pub fn group_base(&self, group: u32) -> u64 {
        u64::from(self.fragments_per_group) * u64::from(group)
    }

    /// The fragment after the last one of a group.
    pub fn group_end(&self, group: u32) -> u64 {
        (self.group_base(group) + u64::from(self.fragments_per_group)).min(self.size)
    }

    /// How many fragments a group has; the last one may be shorter.
    pub fn group_fragments(&self, group: u32) -> u64 {
        self.group_end(group).saturating_sub(self.group_base(group))
    }

    /// Where the metadata of a group starts counting; UFS1 may shift it.
    fn group_start(&self, group: u32) -> u64 {
        self.group_base(group) + self.shift * u64::from(group & !self.shift_mask)
    }

    /// The copy of the superblock in a group.
    pub fn group_superblock(&self, group: u32) -> u64 {
        self.group_start(group) + self.superblock_offset
    }

    /// The block that describes a group.
    pub fn group_block(&self, group: u32) -> u64 {
        self.group_start(group) + self.group_offset
    }

    /// The inodes of a group.
    pub fn group_inodes(&self, group: u32) -> u64 {
        self.group_start(group) + self.inode_offset
    }

    /// The first data fragment after the metadata of a group.
    pub fn group_data(&self, group: u32) -> u64 {
        self.group_start(group) + self.data_offset
    }

    /// The group's metadata, first fragment and the one after the last. Group 0 also has the boot area.
    pub fn group_metadata(&self, group: u32) -> (u64, u64) {
        (if group == 0 { 0 } else { self.group_superblock(group) }, self.group_data(group))
    }

    /// Whether any of `count` fragments from `fragment` on is metadata of its group.
    pub fn overlaps_group_metadata(&self, fragment: u64, count: u64) -> bool {
        let group = u32::try_from(fragment / u64::from(self.fragments_per_group)).unwrap_or(u32::MAX);
        let last = group.saturating_add(1).min(self.groups.saturating_sub(1));
        (group.min(last)..=last).any(|group| {
            let (start, end) = self.group_metadata(group);
            fragment < end && fragment + count > start
        })
    }

    /// The fragments of the summary area, first and the one after the last.
    pub fn summary_fragments(&self) -> (u64, u64) {
        let length = u64::from(self.summary_size.div_ceil(self.fragment_size));
        (self.summary_address, self.summary_address + length)
    }

    /// The offset in the image, in bytes, of a fragment.
    pub fn byte_offset(&self, fragment: u64) -> u64 {
        fragment * u64::from(self.fragment_size)
    }

    /// Bytes that an inode takes.
    pub fn inode_size(&self) -> u32 {
        if self.raw.version == Version::Ufs1 { 128 } else { 256 }
    }

    /// The offset in the image, in bytes, of an inode.
    pub fn inode_byte(&self, inode: u32) -> u64 {
        let group = inode / self.inodes_per_group;
        let index = u64::from(inode % self.inodes_per_group);
        self.byte_offset(self.group_inodes(group)) + index * u64::from(self.inode_size())
    }

    /// How many inodes there are; the last has the number before this.
    pub fn inode_count(&self) -> u32 {
        self.groups * self.inodes_per_group
    }
}
