//! The kinds of number in the format, each its own type.

/// A fragment's place in the file system, counted from its start (`daddr_t` in units of `fs_fsize`). A block is named by
/// its first fragment; 0 means a hole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FragmentNumber(pub u64);

/// A block's place in its file, in units of `fs_bsize` (`lbn`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogicalBlock(pub u64);

/// A cylinder group's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupNumber(pub u32);

/// An inode's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InodeNumber(pub u32);

impl InodeNumber {
    /// The root directory's (`UFS_ROOTINO`).
    pub const ROOT: Self = Self(2);
    /// What a directory entry that hides a name holds (`UFS_WINO`).
    pub const WHITEOUT: Self = Self(1);
}

impl FragmentNumber {
    /// The fragment `count` further on.
    #[must_use]
    pub fn plus(self, count: u32) -> Self {
        Self(self.0.saturating_add(u64::from(count)))
    }
}
